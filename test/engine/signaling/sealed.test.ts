import { expect } from '@open-wc/testing';
import { FRAME_LIMIT } from '../../../components/engine/call/frames.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { signalingFor } from '../../../components/engine/signaling/connect.js';
import { sealed } from '../../../components/engine/signaling/sealed.js';
import type { Secret } from '../../../components/engine/signaling/secret.js';
import type { SignalingChannel } from '../../../components/engine/signaling/signaling.js';
import { MemorySignaling } from '../../../components/engine/signaling/memory.js';
import { ManualClock } from '../../support/manual-clock.js';
import { bytes, Ear, freshRoom, rejection, signalingContract } from '../../support/signaling-contract.js';
import { until } from '../../support/wait.js';
import { flipped, Hostile } from './hostile.js';

const secret = crypto.getRandomValues(new Uint8Array(32));
const other = crypto.getRandomValues(new Uint8Array(32));

/** Hears also what only a sealed channel can tell. */
class WaryEar extends Ear {
  readonly forged: string[] = [];
  readonly warnings: MediaKitError[] = [];

  tampered(peer: string): void {
    this.forged.push(peer);
  }

  warned(error: MediaKitError): void {
    this.warnings.push(error);
  }
}

describe('sealed', () => {
  let server: Hostile;
  let clock: ManualClock;
  let room: string;
  let channels: SignalingChannel[];

  beforeEach(() => {
    server = new Hostile();
    clock = new ManualClock();
    room = freshRoom();
    channels = [];
  });

  afterEach(() => {
    for (const channel of channels) channel.close();
    expect(clock.pending, 'waiting timers').to.equal(0);
  });

  const enter = async (peer: string, with_: Secret | null = secret, into = room) => {
    const ear = new WaryEar();
    const signaling = with_ === null ? server : sealed(server, with_, clock);
    const channel = await signaling.open({ room: into, peer }, ear);
    channels.push(channel);
    return { channel, ear };
  };

  /** Two that know each other. */
  const two = async () => {
    const [ann, bob] = [await enter('ann'), await enter('bob')];
    ann.channel.announce(bytes('Ann'));
    bob.channel.announce(bytes('Bob'));
    await until(() => ann.ear.present.size === 2 && bob.ear.present.size === 2, 'both');
    return { ann, bob };
  };

  describe('a transport', () => {
    let memory: MemorySignaling;
    beforeEach(() => (memory = new MemorySignaling()));
    signalingContract(() => sealed(memory, secret));
  });

  describe('a secret', () => {
    it('is 32 bytes or a text, and nothing else', () => {
      for (const wrong of [
        '',
        new Uint8Array(31),
        new Uint8Array(33),
        new ArrayBuffer(32),
        7,
        null,
        undefined,
      ]) {
        let thrown: MediaKitError | undefined;
        try {
          sealed(server, wrong as Secret);
        } catch (error) {
          thrown = error as MediaKitError;
        }
        expect(thrown?.code, JSON.stringify(wrong)).to.equal('bad-input');
      }
    });

    it('loads what seals where an address is given, and is refused there, too', async () => {
      const channel = await signalingFor(server, undefined, secret).open(
        { room, peer: 'ann' },
        new WaryEar(),
      );
      channels.push(channel);
      const bob = await enter('bob');
      channel.announce(bytes('Ann'));
      await until(() => bob.ear.present.has('ann'), 'ann');
      for (const wrong of ['', new Uint8Array(3)]) {
        const opening = signalingFor(server, undefined, wrong).open({ room, peer: 'cid' }, new Ear());
        expect((await rejection(opening, 'bad-input')).message).to.contain('"secret"');
      }
    });

    it('is a passphrase as soon as it is text, however it was typed', async () => {
      const ann = await enter('ann', 'Zoë ﬁnds a café');
      const bob = await enter('bob', 'Zoe\u0308 finds a cafe\u0301');
      const bytesOfText = await enter('cid', new TextEncoder().encode('0123456789abcdef0123456789abcdef'));
      const text = await enter('dan', '0123456789abcdef0123456789abcdef');
      ann.channel.announce(bytes('Ann'));
      await until(() => bob.ear.present.has('ann'), 'ann');
      bytesOfText.channel.announce(bytes('Cid'));
      await until(() => text.ear.ignoredCount === 2, 'neither is understood');
      expect(text.ear.present.size).to.equal(0);
    });

    it('is the one of the moment when it was given', async () => {
      const given = secret.slice();
      const signaling = sealed(server, given, clock);
      given.fill(0);
      const ear = new WaryEar();
      const channel = await signaling.open({ room, peer: 'ann' }, ear);
      channels.push(channel);
      const bob = await enter('bob');
      bob.channel.announce(bytes('Bob'));
      await until(() => ear.present.has('bob'), 'bob');
    });

    it('is stretched once for each room', async () => {
      const { subtle } = crypto;
      const native = subtle.deriveBits;
      let times = 0;
      subtle.deriveBits = function (algorithm, key, length) {
        if ((algorithm as Algorithm).name === 'PBKDF2') times++;
        return native.call(subtle, algorithm, key, length);
      };
      try {
        const phrase = `phrase ${Math.random()}`;
        for (const peer of ['ann', 'bob', 'ann']) await enter(peer, phrase);
        expect(times).to.equal(1);
        await enter('ann', phrase, freshRoom());
        expect(times).to.equal(2);
      } finally {
        subtle.deriveBits = native;
      }
    });

    describe('is what the protocol says', () => {
      const { subtle } = crypto;
      const encode = (text: string) => new TextEncoder().encode(text);
      const raw = (data: BufferSource, name: string) =>
        subtle.importKey('raw', data, name, false, ['deriveBits']);
      const salt = () => encode(`peer-call/1|${room}`);
      /** Ann announces herself with that secret, and is read with keys made of those bytes alone. */
      const isReadWith = async (secret: Secret, material: BufferSource): Promise<void> => {
        const { channel } = await enter('ann', secret);
        channel.announce(bytes('Ann'));
        const payload = server.log[0]!.payload as Uint8Array<ArrayBuffer>;
        const expand = { name: 'HKDF', hash: 'SHA-256', salt: salt(), info: encode('signaling') };
        const bits = await subtle.deriveBits(expand, await raw(material, 'HKDF'), 256);
        const key = await subtle.importKey('raw', bits, 'AES-GCM', false, ['decrypt']);
        const iv = payload.slice(1, 13);
        const way = { name: 'AES-GCM', iv, additionalData: encode(`pc/1/${room}/p/ann`) };
        expect(payload[0]).to.equal(1);
        const opened = await subtle.decrypt(way, key, payload.slice(13));
        expect(new TextDecoder().decode(opened)).to.equal('Ann');
      };

      it('as a passphrase: stretched, and expanded for its room and purpose', async () => {
        const stretch = { name: 'PBKDF2', hash: 'SHA-256', salt: salt(), iterations: 600_000 };
        const phrase = await raw(encode('correct horse'), 'PBKDF2');
        await isReadWith('correct horse', await subtle.deriveBits(stretch, phrase, 256));
      });

      it('as 32 bytes: expanded alone', () => isReadWith(secret, secret));
    });
  });

  describe('what is sealed', () => {
    it('shows nothing of what it was, and never the same twice', async () => {
      const { ann } = await two();
      for (let times = 0; times < 20; times++) ann.channel.send('bob', bytes('v=0 fingerprint'));
      const texts = server.log.map(({ payload }) => String.fromCharCode(...payload));
      expect(texts.length).to.equal(22);
      for (const text of texts) expect(text).not.to.match(/Ann|Bob|v=0|fingerprint/);
      expect(new Set(texts).size).to.equal(22);
      expect(new Set(texts.map((text) => text.slice(1, 13))).size, 'nonces').to.equal(22);
    });

    it('is nothing after any bit was changed, or a byte is missing or too many', async () => {
      const { ann, bob } = await two();
      ann.channel.send('bob', bytes('for bob'));
      await until(() => bob.ear.messages.length === 1, 'the message');
      const { payload } = server.saidTo('bob')[0]!;
      const changed = [
        ...Array.from(payload, (_, at) => flipped(payload, at)),
        ...Array.from(payload, (_, at) => payload.slice(0, at)),
        new Uint8Array([...payload, 0]),
        new Uint8Array(70_000).fill(1),
        new Uint8Array(300_000).fill(1),
      ];
      for (const one of changed) server.message('bob', 'ann', one);
      expect(bob.ear.messages).to.deep.equal(['ann: for bob']);
      expect(bob.ear.ignoredCount).to.equal(changed.length);
      expect(bob.ear.forged.length).to.equal(changed.length);
    });

    it('is nothing for another receiver, of another sender, in another room or as another kind', async () => {
      const { ann, bob } = await two();
      const cid = await enter('cid');
      const elsewhere = await enter('eve', secret, freshRoom());
      await until(() => cid.ear.present.size === 2, 'the others');
      ann.channel.send('bob', bytes('for bob'));
      await until(() => bob.ear.messages.length === 1, 'the message');
      const { payload } = server.saidTo('bob')[0]!;
      const presence = server.presencesOf('ann')[0]!.payload;
      server.message('cid', 'ann', payload);
      server.message('ann', 'bob', payload);
      server.message('bob', 'cid', payload);
      server.message('eve', 'ann', payload);
      server.message('bob', 'ann', presence);
      server.presence('bob', 'ann', payload);
      server.presence('bob', 'cid', presence);
      server.presence('eve', 'ann', presence);
      expect([ann, bob, cid, elsewhere].map(({ ear }) => ear.messages.length)).to.deep.equal([0, 1, 0, 0]);
      expect([...bob.ear.present.values()]).to.deep.equal(['Ann', 'Bob']);
      expect(elsewhere.ear.present.size).to.equal(0);
      expect([ann, bob, cid, elsewhere].map(({ ear }) => ear.ignoredCount)).to.deep.equal([1, 4, 1, 2]);
      expect(bob.ear.forged).to.deep.equal(['cid', 'ann', 'ann', 'cid']);
    });

    it('is 64 kB at most where it was the largest frame', async () => {
      const { ann } = await two();
      ann.channel.send('bob', new Uint8Array(FRAME_LIMIT));
      expect(server.saidTo('bob')[0]!.payload.length).to.equal(64 * 1024);
    });

    it('is heard once, and a presence again and again', async () => {
      const { ann, bob } = await two();
      for (const text of ['one', 'two']) ann.channel.send('bob', bytes(text));
      await until(() => bob.ear.messages.length === 2, 'both');
      for (const { payload } of server.saidTo('bob')) server.message('bob', 'ann', payload);
      server.presence('bob', 'ann', server.presencesOf('ann')[0]!.payload);
      expect(bob.ear.messages).to.deep.equal(['ann: one', 'ann: two']);
      expect([bob.ear.ignoredCount, bob.ear.forged.length]).to.deep.equal([2, 2]);
    });

    it('is not heard again by whoever takes the place of a channel that is closed', async () => {
      const { ann, bob } = await two();
      ann.channel.send('bob', bytes('for bob'));
      await until(() => bob.ear.messages.length === 1, 'the message');
      bob.channel.close();
      const { ear } = await enter('bob');
      server.message('bob', 'ann', server.saidTo('bob')[0]!.payload);
      expect([ear.messages, ear.forged, ear.ignoredCount]).to.deep.equal([[], ['ann'], 1]);
    });
  });

  describe('those who have no part in it', () => {
    it('are not heard without the secret, and hear nothing', async () => {
      const { ann, bob } = await two();
      const eve = await enter('eve', null);
      eve.channel.announce(bytes('{"v":1}'));
      eve.channel.send('ann', bytes('{"v":1}'));
      await until(() => ann.ear.ignoredCount === 2 && bob.ear.ignoredCount === 1, 'refused');
      expect([ann.ear.present.size, ann.ear.messages.length]).to.deep.equal([2, 0]);
      expect(ann.ear.forged).to.deep.equal(['eve', 'eve']);
      // What comes is bytes that no room takes.
      await until(() => eve.ear.present.size === 3, 'what she gets');
      expect(eve.ear.present.get('ann')!.startsWith('\u0001')).to.equal(true);
    });

    it('are told that they have another secret, once and within 10 s', async () => {
      await two();
      const { channel, ear } = await enter('eve', other);
      channel.announce(bytes('Eve'));
      await until(() => ear.ignoredCount === 2 && ear.present.has('eve'), 'not understood');
      expect(ear.warnings).to.deep.equal([]);
      clock.advance(10_000);
      expect(ear.warnings.map(({ code }) => code)).to.deep.equal(['bad-input']);
      expect(ear.warnings[0]!.message).to.match(/another "secret"/);
      expect([ear.errors.length, ear.forged.length]).to.deep.equal([0, 0]);
      server.presence('eve', 'ann', server.presencesOf('ann')[0]!.payload);
      clock.advance(60_000);
      expect(ear.warnings.length).to.equal(1);
    });

    it('are told that the others have none', async () => {
      const ann = await enter('ann', null);
      ann.channel.announce(bytes('{"v":1}'));
      const { ear } = await enter('bob');
      await until(() => ear.ignoredCount === 1, 'not understood');
      clock.advance(10_000);
      expect(ear.warnings[0]!.message).to.match(/have no "secret"/);
    });

    it('hear nothing of it where anybody is understood, and the others do', async () => {
      const { ann, bob } = await two();
      const eve = await enter('eve', other);
      eve.channel.announce(bytes('Eve'));
      await until(() => bob.ear.ignoredCount === 1, 'not understood');
      // Cid hears of Eve first, and of somebody with the same secret a moment later.
      const cid = await enter('cid');
      server.presence('cid', 'eve', server.presencesOf('eve')[0]!.payload);
      clock.advance(1000);
      await until(() => cid.ear.present.size === 2, 'the others');
      clock.advance(20_000);
      for (const { ear } of [ann, bob, cid]) {
        expect(ear.warnings).to.deep.equal([]);
        expect(new Set(ear.forged)).to.deep.equal(new Set(['eve']));
      }
    });

    it('are not told after they left, and our own presence of another life does not count', async () => {
      await two();
      const eve = await enter('eve', other);
      await until(() => eve.ear.ignoredCount === 2, 'not understood');
      eve.channel.close();
      clock.advance(20_000);
      expect(eve.ear.warnings).to.deep.equal([]);
      const lonely = await enter('fay', secret, freshRoom());
      server.presence('fay', 'fay', server.presencesOf('ann')[0]!.payload);
      clock.advance(20_000);
      expect([lonely.ear.warnings.length, lonely.ear.ignoredCount]).to.deep.equal([0, 1]);
    });
  });

  it('hands on what else a transport tells and can do', async () => {
    const told: string[] = [];
    let address: unknown;
    const transport = {
      async open(given: object, handlers: Parameters<Hostile['open']>[1]) {
        address = given;
        handlers.reachable(false);
        handlers.ignored?.();
        handlers.presence('bob', null);
        queueMicrotask(() => handlers.failed?.(new Error('over') as MediaKitError));
        const tell =
          (what: string) =>
          (peer = '') =>
            void told.push(what + peer);
        return {
          announce: () => tell('announce')(),
          send: tell('send '),
          clear: tell('clear '),
          check: tell('check'),
          gone: tell('gone '),
          close: tell('close'),
        };
      },
    };
    const ear = new WaryEar();
    const channel = await sealed(transport, secret, clock).open({ room, peer: 'ann' }, ear);
    channel.clear?.('bob');
    channel.check?.();
    channel.gone?.('bob');
    channel.close();
    expect(told).to.deep.equal(['clear bob', 'check', 'gone bob', 'close']);
    expect(address).to.deep.equal({ room, peer: 'ann', sealed: true });
    expect([ear.reach, ear.gone, ear.ignoredCount, ear.errors.length]).to.deep.equal([
      [false],
      ['bob'],
      1,
      1,
    ]);
  });

  it('opens the way while a passphrase is stretched, and reads then what came meanwhile', async () => {
    const bob = await enter('bob', 'slow words');
    bob.channel.announce(bytes('Bob'));
    const { subtle } = crypto;
    const native = subtle.deriveBits;
    let stretch!: () => void;
    const held = new Promise<void>((resolve) => (stretch = resolve));
    subtle.deriveBits = async (...given) => {
      await held;
      return native.apply(subtle, given);
    };
    try {
      const opened: string[] = [];
      const ear = new WaryEar();
      const watched = {
        open: async (...given: Parameters<Hostile['open']>) => {
          const channel = await server.open(...given);
          opened.push('opened');
          return channel;
        },
      };
      const opening = sealed(watched, 'slow words', clock).open({ room, peer: 'ann' }, ear);
      await until(() => opened.length, 'the way is open');
      server.presence('ann', 'bob', server.presencesOf('bob')[0]!.payload);
      server.message('ann', 'bob', bytes('{"v":1}'));
      expect([ear.calls, ear.ignoredCount]).to.deep.equal([0, 0]);
      stretch();
      channels.push(await opening);
      await until(() => ear.present.get('bob') === 'Bob', 'what came');
      expect(ear.ignoredCount).to.equal(1);
    } finally {
      subtle.deriveBits = native;
    }
  });

  it('closes what opens where there is no key, and tells nothing of it', async () => {
    const { subtle } = crypto;
    const native = subtle.deriveBits;
    subtle.deriveBits = () => Promise.reject(new Error('no keys today'));
    try {
      let told!: Parameters<Hostile['open']>[1];
      let closed = 0;
      let open!: () => void;
      const slow = {
        open: async (_: unknown, handlers: typeof told, signal?: AbortSignal) => {
          told = handlers;
          await new Promise<void>((resolve) => (open = resolve));
          expect(signal?.aborted, 'it is not wanted any more').to.equal(true);
          return { announce() {}, send() {}, close: () => void closed++ };
        },
      };
      const ear = new WaryEar();
      const error = await sealed(slow, secret, clock)
        .open({ room, peer: 'ann' }, ear)
        .catch((thrown: unknown) => thrown);
      expect((error as Error).message).to.equal('no keys today');
      told.presence('bob', bytes('x'));
      open();
      await until(() => closed === 1, 'closed');
      expect([ear.calls, ear.ignoredCount, clock.pending]).to.deep.equal([0, 0, 0]);
    } finally {
      subtle.deriveBits = native;
    }
  });

  it('rejects where the page may not derive keys', async () => {
    const native = Object.getOwnPropertyDescriptor(Crypto.prototype, 'subtle')!;
    Object.defineProperty(Crypto.prototype, 'subtle', { configurable: true, value: undefined });
    try {
      await rejection(sealed(server, secret).open({ room, peer: 'ann' }, new Ear()), 'insecure-context');
    } finally {
      Object.defineProperty(Crypto.prototype, 'subtle', native);
    }
  });
});
