import { expect } from '@open-wc/testing';
import { admit, type TokenGiven } from '../../../components/engine/signaling/token.js';
import { rejection } from '../../support/signaling-contract.js';

const base64url = (value: unknown): string => {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
};
/** One that only a broker could refuse. */
const token = (claims: unknown): string => `${base64url({ alg: 'HS256' })}.${base64url(claims)}.AAAA`;
const ann = token({ sub: 'ann', room: 'room', name: 'Ann ü ÿ?>' });

describe('admit', () => {
  it('takes the id from the token, and shows the token as a password', async () => {
    const { peer, credentials } = await admit(ann, 'room');
    expect(peer).to.equal('ann');
    for (let n = 0; n < 2; n++) {
      expect(await credentials()).to.deep.equal({ username: 'ann', password: ann, holdsFor: undefined });
    }
  });

  it('asks a function once for each connection', async () => {
    let asked = 0;
    const given = async (): Promise<string> => token({ sub: 'ann', room: 'room', n: asked++ });
    const { credentials } = await admit(given, 'room');
    expect(asked).to.equal(1);
    const passwords = [await credentials(), await credentials(), await credentials()].map(
      (one) => one.password,
    );
    expect(asked).to.equal(3);
    expect(passwords).to.deep.equal([0, 1, 2].map((n) => token({ sub: 'ann', room: 'room', n })));
  });

  it('tells for how long it holds, where there is another one after it', async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const given = token({ sub: 'ann', exp });
    const { holdsFor } = await (await admit(() => given, 'room')).credentials();
    expect(holdsFor! / 1000).to.be.within(595, 600);
    for (const none of [given, () => ann, () => token({ sub: 'ann', exp: 'tomorrow' })]) {
      expect((await (await admit(none, 'room')).credentials()).holdsFor).to.equal(undefined);
    }
  });

  it('takes one that names no room: the broker knows', async () => {
    expect((await admit(token({ sub: 'ann' }), 'room')).peer).to.equal('ann');
  });

  it('refuses what is no token', async () => {
    const wrong: unknown[] = ['', 'guess', 'a.b.c', 'a.%.c', `a.${base64url('text')}.c`, 7, {}, undefined];
    for (const given of wrong) {
      await rejection(admit(given as TokenGiven, 'room'), 'bad-input');
      await rejection(
        admit(() => given as string, 'room'),
        'bad-input',
      );
    }
  });

  it('refuses one of another room, and one without an id', async () => {
    const error = await rejection(admit(token({ sub: 'ann', room: 'other' }), 'room'), 'signaling-refused');
    expect(error.message).to.contain('"other" and not for "room"');
    for (const sub of [undefined, '', 'a/b', 'x'.repeat(65), 7]) {
      await rejection(admit(token({ sub, room: 'room' }), 'room'), 'signaling-refused');
    }
  });

  it('refuses a later one of another peer', async () => {
    const given = [ann, token({ sub: 'bob', room: 'room' })];
    const { credentials } = await admit(() => given.shift()!, 'room');
    await credentials();
    const error = await rejection(credentials(), 'signaling-refused');
    expect(error.message).to.contain('"bob", and we are "ann"');
  });

  it('says when the function fails, and does not wait for it once aborted', async () => {
    const reason = new Error('no session');
    const failing = (): never => {
      throw reason;
    };
    const error = await rejection(admit(failing, 'room'), 'signaling-unreachable');
    expect(error.cause === reason).to.equal(true);
    expect(error.message).to.contain('token');
    const controller = new AbortController();
    const admission = admit(() => new Promise<string>(() => undefined), 'room', controller.signal);
    controller.abort();
    await rejection(admission, 'aborted');
  });

  it('asks nobody where it is aborted already', async () => {
    let asked = 0;
    const given = (): Promise<string> => {
      asked++;
      return new Promise(() => undefined);
    };
    await rejection(admit(given, 'room', AbortSignal.abort()), 'aborted');
    expect(asked).to.equal(0);
  });
});
