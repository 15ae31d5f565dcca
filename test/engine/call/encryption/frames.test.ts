import { expect } from '@open-wc/testing';
import { clearBytes } from '../../../../components/engine/call/encryption/clear-bytes.js';
import { Incoming } from '../../../../components/engine/call/encryption/incoming.js';
import { Outgoing } from '../../../../components/engine/call/encryption/outgoing.js';
import { ReplayWindow } from '../../../../components/engine/call/encryption/replay-window.js';
import { senderKey, type FrameSender } from '../../../../components/engine/call/encryption/sender-key.js';
import { Senders } from '../../../../components/engine/call/encryption/senders.js';
import { decodeHeader } from '../../../../components/engine/call/encryption/sframe-header.js';
import { Verdict } from '../../../../components/engine/call/encryption/verdict.js';

const ann: FrameSender = { id: 'ann', sid: 'one' };

const material = (secret: number): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', new Uint8Array(32).fill(secret), 'HKDF', false, ['deriveBits']);

interface Made {
  readonly secret?: number;
  readonly room?: string;
  readonly sender?: FrameSender;
  readonly epoch?: number;
  readonly grain?: number;
}

const keyFor = async ({ secret = 1, room = 'room', sender = ann, epoch = 0, grain = 7 }: Made = {}) =>
  senderKey(await material(secret), room, sender, { epoch, grain: new Uint8Array(32).fill(grain) });

async function sender(made?: Made): Promise<Outgoing> {
  const outgoing = new Outgoing();
  outgoing.key = await keyFor(made);
  return outgoing;
}

async function receiver(made?: Made): Promise<Incoming> {
  const incoming = new Incoming();
  incoming.add(await keyFor(made));
  return incoming;
}

const keyFrame = Uint8Array.from({ length: 400 }, (_, at) => (at * 2) % 251);
const deltaFrame = Uint8Array.from({ length: 90 }, (_, at) => at + 1);
const sound = Uint8Array.from({ length: 60 }, (_, at) => 255 - at);

describe('encrypted frames of a call', () => {
  for (const [mimeType, frame, clear] of [
    ['video/VP8', keyFrame, 10],
    ['video/VP8', deltaFrame, 3],
    ['video/VP9', keyFrame, 0],
    ['audio/opus', sound, 0],
    ['audio/opus', new Uint8Array(), 0],
    ['video/VP8', deltaFrame.slice(0, 3), 3],
  ] as const) {
    it(`of ${mimeType} with ${frame.length} bytes leave ${clear} in the clear and come out as they were`, async () => {
      expect(clearBytes(mimeType, frame)).to.equal(clear);
      const sealed = (await (await sender()).seal(mimeType, frame))!;
      expect(sealed.subarray(0, clear)).to.deep.equal(frame.subarray(0, clear));
      // Of the rest no eight bytes in a row are those of the frame.
      const text = [...sealed.subarray(clear)].join();
      for (let at = clear; at + 8 <= frame.length; at++) {
        expect(text.includes([...frame.subarray(at, at + 8)].join())).to.equal(false);
      }
      expect(await (await receiver()).open(mimeType, sealed)).to.deep.equal(frame);
    });
  }

  it('are not made where the codec does not permit it, nor before there is a key', async () => {
    const outgoing = await sender();
    for (const codec of ['video/H264', 'video/AV1', 'video/H265', 'audio/PCMU', '']) {
      expect(await outgoing.seal(codec, keyFrame), codec).to.equal(null);
    }
    expect(await new Outgoing().seal('video/VP8', keyFrame)).to.equal(null);
    for (const broken of [keyFrame.slice(0, 9), deltaFrame.slice(0, 2), new Uint8Array()]) {
      expect(await outgoing.seal('video/VP8', broken)).to.equal(null);
    }
  });

  it('never bear the same counter twice, whoever asks at the same time', async () => {
    const outgoing = await sender();
    const frames = await Promise.all(Array.from({ length: 300 }, () => outgoing.seal('audio/opus', sound)));
    const counters = frames.map((frame) => decodeHeader(frame!)!.ctr);
    expect(new Set(counters).size).to.equal(300);
  });

  it('open neither with another secret, room, sender, stay, epoch nor grain', async () => {
    const sealed = (await (await sender()).seal('audio/opus', sound))!;
    const others: Made[] = [
      { secret: 2 },
      { room: 'other' },
      { sender: { ...ann, id: 'bob' } },
      { sender: { ...ann, sid: 'two' } },
      { epoch: 1 },
      { grain: 8 },
    ];
    const refusals = await Promise.all(
      others.map(async (made) => (await receiver(made)).open('audio/opus', sealed)),
    );
    expect(refusals).to.deep.equal([
      'undecryptable',
      'clear',
      'clear',
      'clear',
      'missing-key',
      'undecryptable',
    ]);
  });

  it('are refused in the clear, twice, changed and in part', async () => {
    const incoming = await receiver();
    const outgoing = await sender();
    for (const frame of [keyFrame, deltaFrame, sound, new Uint8Array(), Uint8Array.of(0)]) {
      for (const codec of ['video/VP8', 'video/VP9', 'audio/opus', 'video/H264']) {
        expect(await incoming.open(codec, frame)).to.equal('clear');
      }
    }
    const sealed = (await outgoing.seal('video/VP8', keyFrame))!;
    for (const at of [0, 5, 12, 30, sealed.length - 1]) {
      const changed = sealed.slice();
      changed[at]! ^= 16;
      expect(typeof (await incoming.open('video/VP8', changed)), `byte ${at}`).to.equal('string');
    }
    expect(typeof (await incoming.open('video/VP8', sealed.slice(0, -1)))).to.equal('string');
    expect(await incoming.open('video/VP8', sealed)).to.deep.equal(keyFrame);
    expect(await incoming.open('video/VP8', sealed)).to.equal('replayed');
    const twice = (await outgoing.seal('video/VP8', keyFrame))!;
    const both = await Promise.all([incoming.open('video/VP8', twice), incoming.open('video/VP8', twice)]);
    expect(both.filter((one) => one === 'replayed').length).to.equal(1);
  });

  it('open with the key before while the next one comes, and not for ever', async () => {
    const incoming = await receiver();
    const outgoing = await sender();
    const before = await Promise.all([1, 2].map(() => outgoing.seal('audio/opus', sound)));
    for (const epoch of [1, 2, 3]) {
      outgoing.key = await keyFor({ epoch });
      const next = (await outgoing.seal('audio/opus', sound))!;
      expect(await incoming.open('audio/opus', next)).to.equal('missing-key');
      incoming.add(await keyFor({ epoch }));
      expect(await incoming.open('audio/opus', next)).to.deep.equal(sound);
      if (epoch === 2) expect(await incoming.open('audio/opus', before[0]!)).to.deep.equal(sound);
    }
    expect(await incoming.open('audio/opus', before[1]!)).to.equal('missing-key');
  });

  it('are refused twice also when their key is told again, and opened with another of the same id', async () => {
    const incoming = await receiver();
    const outgoing = await sender();
    const sealed = (await outgoing.seal('audio/opus', sound))!;
    expect(await incoming.open('audio/opus', sealed)).to.deep.equal(sound);
    incoming.add(await keyFor());
    expect(await incoming.open('audio/opus', sealed)).to.equal('replayed');
    incoming.add(await keyFor({ grain: 8 }));
    const other = (await (await sender({ grain: 8 })).seal('audio/opus', sound))!;
    expect(await incoming.open('audio/opus', other)).to.deep.equal(sound);
  });

  it('are refused twice also when their sender was gone, and is met anew', async () => {
    const senders = new Senders();
    const [key, outgoing] = [await keyFor(), await sender()];
    const [first, next] = await Promise.all([1, 2].map(() => outgoing.seal('audio/opus', sound)));
    senders.of('ann').add(key);
    expect(await senders.of('ann').open('audio/opus', first!)).to.deep.equal(sound);
    senders.forget('ann');
    senders.of('ann').add(key);
    expect(await senders.of('ann').open('audio/opus', first!)).to.equal('replayed');
    expect(await senders.of('ann').open('audio/opus', next!)).to.deep.equal(sound);
    // Of too many that are gone the first is forgotten.
    senders.forget('ann');
    for (let number = 0; number < 50; number++) {
      senders.of(`other-${number}`);
      senders.forget(`other-${number}`);
    }
    expect(await senders.of('ann').open('audio/opus', first!)).to.equal('clear');
  });

  it('with an absurd counter hang nobody', async () => {
    const key = await keyFor();
    const { encryptFrame } = await import('../../../../components/engine/call/encryption/sframe.js');
    const frame = await encryptFrame(key, 2n ** 64n - 1n, new Uint8Array(), sound);
    const incoming = await receiver();
    expect(await incoming.open('audio/opus', frame)).to.equal('undecryptable');
    const far = await encryptFrame(key, 2n ** 53n - 1n, new Uint8Array(), sound);
    expect(await incoming.open('audio/opus', far)).to.deep.equal(sound);
  });
});

describe('the replay window', () => {
  it('lets each number pass once, in roughly any order', () => {
    const window = new ReplayWindow();
    const pass = (number: number): boolean => {
      if (window.isOld(number)) return false;
      window.add(number);
      return true;
    };
    expect([5, 0, 3, 5, 3, 4, 0].map(pass)).to.deep.equal([true, true, true, false, false, true, false]);
    expect(pass(16_384)).to.equal(true);
    // 0 has left the window; 1 is the oldest that is known.
    expect([0, 1, 1, 2, 16_384].map(pass)).to.deep.equal([false, true, false, true, false]);
    expect(pass(1_000_000)).to.equal(true);
    expect([16_385, 999_999, 999_999, 983_616, 983_617].map(pass)).to.deep.equal([
      false,
      true,
      false,
      false,
      true,
    ]);
  });
});

describe('the verdict on frames', () => {
  it('comes when nothing but refused frames have come for a moment, and goes with the first good one', () => {
    const verdict = new Verdict();
    expect(verdict.after(null, 0)).to.equal(null);
    expect(verdict.after('clear', 100)).to.equal(null);
    expect(verdict.after('clear', 599)).to.equal(null);
    expect(verdict.after('clear', 600)).to.equal('not-encrypted');
    expect(verdict.after('replayed', 700)).to.equal('not-encrypted');
    expect(verdict.after('missing-key', 800)).to.equal('undecryptable');
    expect(verdict.after(null, 900)).to.equal(null);
    expect(verdict.after('undecryptable', 1000)).to.equal(null);
    expect(verdict.after('undecryptable', 1500)).to.equal('undecryptable');
  });
});
