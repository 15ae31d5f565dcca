import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { rejection } from '../support/signaling-contract.js';
import { until } from '../support/wait.js';
import { addCall, camera, colour, remoteTile, stop } from './calls.js';

const key = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

describe('<peer-call> with an invite and a secret', () => {
  afterEach(() => {
    for (const call of document.querySelectorAll('peer-call')) {
      stop(call.srcObject);
      call.leave();
      call.remove();
    }
  });

  const handOver = async (host: PeerCall, guest: PeerCall): Promise<void> =>
    host.acceptReply(await guest.acceptInvite(await host.createInvite()));
  const connected = (...calls: readonly PeerCall[]): Promise<boolean> =>
    until(() => calls.every(({ state }) => state.status === 'connected'), 'connected', 15_000);
  const errorsOf = (call: PeerCall): MediaKitError[] => {
    const errors: MediaKitError[] = [];
    call.addEventListener('error', ({ error }) => errors.push(error as MediaKitError));
    return errors;
  };

  /** Runs with all that goes over data channels written down. */
  const overheard = async (run: () => Promise<void>): Promise<string> => {
    const said: string[] = [];
    const { prototype } = RTCDataChannel;
    const native = prototype.send;
    prototype.send = function (this: RTCDataChannel, data: string | Blob | BufferSource) {
      // The kit's own are bytes.
      said.push(new TextDecoder('latin1').decode(data as BufferSource));
      native.call(this, data as Uint8Array<ArrayBuffer>);
    } as typeof native;
    try {
      await run();
    } finally {
      prototype.send = native;
    }
    return said.join('\n');
  };

  for (const [what, secret] of [
    ['a passphrase', 'correct horse'],
    ['a key', key()],
  ] as const) {
    it(`seals all that is said by ${what}, and encrypts media end to end`, async () => {
      const both = { secret, endToEnd: true };
      const one = await addCall({ ...both, name: 'Annabella', srcObject: camera('#ff0000') });
      const two = await addCall({ ...both, name: 'Bartholomew', srcObject: camera('#0000ff') });
      const errors = [one, two].map(errorsOf);
      const said = await overheard(async () => {
        await handOver(one, two);
        await connected(one, two);
      });
      expect(said.length).to.be.above(1000);
      expect(/Annabella|fingerprint|"sid"/.test(said)).to.equal(false);
      const seen = (call: PeerCall) => () => colour(remoteTile(call)?.querySelector('video'));
      await until(() => seen(one)() === 'blue' && seen(two)() === 'red', 'each other', 15_000);
      const [words] = await Promise.all(
        [one, two].map((call) => until(() => call.peers[0]?.verification, 'a verification')),
      );
      expect(two.peers[0]!.verification).to.equal(words);
      expect([one.state.issues.length, two.state.issues.length, ...errors.flat()]).to.deep.equal([0, 0]);
      const { transform } = one.getPeerConnection(two.localId)!.getReceivers()[0]!;
      expect(!!transform).to.equal(true);
    });
  }

  it('without one says what it was all that time', async () => {
    const [one, two] = [await addCall({ name: 'Annabella' }), await addCall()];
    const said = await overheard(async () => {
      await handOver(one, two);
      await connected(one, two);
    });
    expect(/Annabella/.test(said) && /fingerprint/.test(said)).to.equal(true);
  });

  for (const [what, given] of [
    ['another', 'Correct horse'],
    ['none', null],
  ] as const) {
    it(`tells of ${what} at the other end, and works with the right one`, async () => {
      const [one, two] = [await addCall({ secret: 'correct horse' }), await addCall({ secret: given })];
      const errors = errorsOf(one);
      await handOver(one, two);
      await until(() => errors.length, 'told', 15_000);
      expect(errors[0]!.code).to.equal('bad-input');
      expect(errors[0]!.message).to.contain('"secret"');
      expect([one.state.status, one.peers.length, two.peers.length]).to.deep.equal(['waiting', 0, 0]);
      for (const call of [one, two]) call.leave();
      two.secret = 'correct horse';
      await handOver(one, two);
      await connected(one, two);
    });
  }

  describe('that cannot be', () => {
    const refuses = async (
      properties: Partial<PeerCall>,
      code: 'bad-input' | 'unsupported',
    ): Promise<void> => {
      const host = await addCall();
      const invite = await host.createInvite();
      const call = await addCall(properties);
      const errors = errorsOf(call);
      const words = (await rejection(call.createInvite(), code)).message;
      expect((await rejection(call.acceptInvite(invite), code)).message).to.equal(words);
      expect([errors.length, call.state.status]).to.deep.equal([2, 'idle']);
      expect(words).to.match(code === 'bad-input' ? /"secret"/ : /current Chromium/);
      // It can be mended.
      call.secret = key();
      call.endToEnd = false;
      await host.acceptReply(await call.acceptInvite(invite));
      host.leave();
    };

    it('is told before a text is out: no secret, or one that is none', async () => {
      await refuses({ endToEnd: true }, 'bad-input');
      await refuses({ secret: '' }, 'bad-input');
      await refuses({ secret: new Uint8Array(16) }, 'bad-input');
      await refuses({ secret: new Uint8Array(16), endToEnd: true }, 'bad-input');
    });

    it('is told where the browser cannot encrypt', async () => {
      const { RTCRtpScriptTransform } = globalThis;
      Object.assign(globalThis, { RTCRtpScriptTransform: undefined });
      try {
        await refuses({ secret: key(), endToEnd: true }, 'unsupported');
      } finally {
        Object.assign(globalThis, { RTCRtpScriptTransform });
      }
    });
  });
});
