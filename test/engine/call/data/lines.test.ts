import { expect } from '@open-wc/testing';
import { IncomingLine } from '../../../../components/engine/call/data/incoming-line.js';
import type { Link } from '../../../../components/engine/call/data/opener.js';
import { OutgoingLine } from '../../../../components/engine/call/data/outgoing-line.js';
import { Digest } from '../../../../components/engine/call/data/digest.js';
import { Pump } from '../../../../components/engine/call/data/pump.js';
import {
  BLOCK,
  BLOCKS_AHEAD,
  PARTS_AHEAD,
  type WireMessage,
} from '../../../../components/engine/call/data/wire.js';
import { FakeClock } from '../support.js';
import { until } from '../../../support/wait.js';
import { asChannel, codeOf, FakeChannel, fileOf } from './support.js';

const word: WireMessage = { kind: 'json', body: new TextEncoder().encode('1') };
const part = new Uint8Array([0x81, 0x31]).buffer;

describe('IncomingLine', () => {
  const take = (): { clock: FakeClock; channel: FakeChannel; got: unknown[]; hostile: string[] } => {
    const [clock, channel, got, hostile] = [
      new FakeClock(),
      new FakeChannel(),
      [] as unknown[],
      [] as string[],
    ];
    const line = new IncomingLine({
      clock,
      deliver: (message) => got.push(message),
      hostile: (...why) => hostile.push(why.join()),
    });
    line.take(asChannel(channel), { use: 'messages', id: 'key', from: 0 });
    return { clock, channel, got, hostile };
  };

  it('has a member wait that says too much, and loses nothing of it', () => {
    const { clock, channel, got, hostile } = take();
    expect(channel.sent).to.deep.equal(['0']);
    const acked = (): number => Number(channel.sent.at(-1));
    // As our own: never further ahead than it may be.
    const say = (): number => {
      let said = 0;
      for (; got.length < acked() + PARTS_AHEAD && said < 20_000; said++) channel.onmessage!({ data: part });
      return said;
    };
    const atOnce = say();
    expect(atOnce > 4096 && atOnce < 4096 + 2 * PARTS_AHEAD, `${atOnce} at once`).to.equal(true);
    const started = clock.now();
    let later = 0;
    while (clock.now() < started + 2000) {
      clock.advance(10);
      later += say();
    }
    expect(later > 7000 && later < 9000, `${later} in 2 s`).to.equal(true);
    expect([got.length, hostile.length]).to.deep.equal([atOnce + later, 0]);
  });

  it('names one that does not wait', () => {
    const { channel, hostile } = take();
    for (let n = 0; n < 4096 + 2 * PARTS_AHEAD; n++) channel.onmessage!({ data: part });
    expect(hostile[0]).to.equal('more than we take,flooding');
  });

  it('leaves a channel that takes no acknowledgement, and tells on the next one how far it is', () => {
    const [got, hostile] = [[] as unknown[], [] as string[]];
    const line = new IncomingLine({
      clock: new FakeClock(),
      deliver: (message) => got.push(message),
      hostile: (what) => hostile.push(what),
    });
    const open = (): FakeChannel => {
      const channel = new FakeChannel();
      line.take(asChannel(channel), { use: 'messages', id: 'key', from: 0 });
      return channel;
    };
    const full = open();
    full.send = () => {
      throw new DOMException('the buffer is full', 'OperationError');
    };
    full.onmessage!({ data: part });
    expect([got.length, full.readyState, full.onmessage]).to.deep.equal([1, 'closed', null]);
    expect([open().sent, hostile]).to.deep.equal([['1'], []]);
  });

  it('takes a line up where it was, and another one from where it begins', () => {
    const [clock, got] = [new FakeClock(), [] as unknown[]];
    const line = new IncomingLine({ clock, deliver: (message) => got.push(message), hostile: () => {} });
    const open = (id: string, from: number): FakeChannel => {
      const channel = new FakeChannel();
      line.take(asChannel(channel), { use: 'messages', id, from });
      return channel;
    };
    const first = open('a', 0);
    for (let n = 0; n < 3; n++) first.onmessage!({ data: part });
    expect(open('a', 1).sent).to.deep.equal(['3']);
    expect(first.onmessage, 'the former one is over').to.equal(null);
    expect(open('b', 7).sent).to.deep.equal(['7']);
  });
});

describe('OutgoingLine', () => {
  const begin = (
    maxMessageSize = 65_536,
  ): {
    clock: FakeClock;
    line: OutgoingLine;
    channels: FakeChannel[];
    link: { now: Link };
    /** Another one. */
    connection: (maxMessageSize?: number) => RTCPeerConnection;
  } => {
    const [clock, channels] = [new FakeClock(), [] as FakeChannel[]];
    const connection = (most = maxMessageSize): RTCPeerConnection =>
      ({
        signalingState: 'stable',
        sctp: { maxMessageSize: most },
        createDataChannel: () => {
          channels.push(new FakeChannel());
          return asChannel(channels.at(-1)!);
        },
      }) as unknown as RTCPeerConnection;
    const link = { now: { connection: connection(), status: 'connected' } as Link };
    const line = new OutgoingLine({ clock, link: () => link.now });
    return { clock, line, channels, link, connection };
  };

  it('says nothing before the other end is ready, and gives up after 30 s', async () => {
    const { clock, line, channels } = begin();
    const sent = codeOf(line.send(word));
    channels[0]!.onopen!();
    clock.advance(29_999);
    expect(channels.map(({ sent }) => sent.length)).to.deep.equal([0, 0, 0, 0]);
    clock.advance(1);
    expect(await sent).to.equal('timeout');
    expect(clock.pending).to.equal(0);
  });

  it('says it over another channel where the other end hears nothing of the first ones, later each time', async () => {
    const { clock, line, channels } = begin();
    const sent = codeOf(line.send(word));
    clock.advance(4000);
    clock.advance(7999);
    expect(channels.map(({ readyState }) => readyState)).to.deep.equal(['closed', 'open']);
    clock.advance(1);
    for (const data of ['0', '1']) channels[2]!.onmessage!({ data });
    expect(await sent).to.equal('');
    expect(clock.pending).to.equal(0);
  });

  it('waits 30 s for the first answer on each connection', async () => {
    const { clock, line, channels, link, connection } = begin();
    const sent = codeOf(line.send(word));
    channels[0]!.onopen!();
    clock.advance(20_000);
    channels.at(-1)!.readyState = 'closed';
    channels.at(-1)!.onclose!();
    link.now = { ...link.now, status: 'reconnecting' };
    clock.advance(40_000);
    link.now = { connection: connection(), status: 'connected' };
    line.look();
    channels.at(-1)!.onopen!();
    clock.advance(20_000);
    channels.at(-1)!.onmessage!({ data: '0' });
    channels.at(-1)!.onmessage!({ data: '1' });
    expect(await sent).to.equal('');
  });

  it('waits longer for who is out of reach', async () => {
    const { clock, line, channels, link } = begin();
    const sent = codeOf(line.send(word));
    channels[0]!.onopen!();
    clock.advance(20_000);
    link.now = { ...link.now, status: 'reconnecting' };
    clock.advance(65_000);
    link.now = { ...link.now, status: 'connected' };
    line.look();
    clock.advance(29_999);
    channels.at(-1)!.onmessage!({ data: '0' });
    channels.at(-1)!.onmessage!({ data: '1' });
    expect(await sent).to.equal('');
  });

  it('opens another channel where one does not open', async () => {
    const { clock, line, channels } = begin();
    const sent = codeOf(line.send(word));
    for (let n = 0; n < 4; n++) {
      channels[n]!.readyState = 'connecting';
      clock.advance(4000 * 2 ** n);
      expect(channels[n]!.readyState).to.equal('closed');
      clock.advance(1000);
    }
    expect(await sent).to.equal('connection-failed');
    expect([channels.length, clock.pending]).to.deep.equal([4, 0]);
  });

  it('speaks on after it lost its channel while there was nothing to say', async () => {
    const { clock, line, channels, link, connection } = begin();
    const say = (at: number): Promise<string> => {
      const sent = codeOf(line.send(word));
      channels[at]?.onmessage?.({ data: String(at) });
      channels[at]?.onmessage?.({ data: String(at + 1) });
      return sent;
    };
    expect(await say(0)).to.equal('');
    channels[0]!.readyState = 'closed';
    channels[0]!.onclose!();
    clock.advance(1001);
    expect(await say(1)).to.equal('');
    link.now = { connection: connection(), status: 'connected' };
    line.look();
    expect(await say(2)).to.equal('');
    expect(channels.map(({ sent }) => sent.length)).to.deep.equal([1, 1, 1]);
  });

  it('says nothing on a connection that was given up while there was nothing to say', async () => {
    const { line, channels, link } = begin();
    const sent = codeOf(line.send(word));
    for (const data of ['0', '1']) channels[0]!.onmessage!({ data });
    expect(await sent).to.equal('');
    link.now = { ...link.now, status: 'failed' };
    line.look();
    expect(await codeOf(line.send(word))).to.equal('connection-failed');
    expect(channels.map(({ sent }) => sent.length)).to.deep.equal([1]);
  });

  it('does not ask for each message where the connection stands', () => {
    const { line, channels, link } = begin();
    const { connection } = link.now;
    let asked = 0;
    link.now = {
      connection,
      get status() {
        asked++;
        return 'connected' as const;
      },
    };
    void line.send(word);
    channels[0]!.onmessage!({ data: '0' });
    const before = asked;
    for (let n = 0; n < 10; n++) void line.send(word);
    expect([asked - before, channels[0]!.sent.length]).to.deep.equal([0, 11]);
  });

  it('speaks to an end that is ready before we hear that the channel is open', () => {
    const { line, channels } = begin();
    void line.send(word);
    const [channel] = channels;
    channel!.readyState = 'connecting';
    channel!.onmessage!({ data: '0' });
    expect(channel!.sent.length).to.equal(0);
    channel!.readyState = 'open';
    channel!.onopen!();
    expect(channel!.sent.length).to.equal(1);
  });

  it('gives up on an end that closes every channel', async () => {
    const { clock, line, channels } = begin();
    const sent = codeOf(line.send(word));
    while (clock.pending > 0 || channels.at(-1)!.readyState === 'open') {
      channels.at(-1)!.onclose?.();
      clock.step();
    }
    expect(await sent).to.equal('connection-failed');
    expect(channels.length).to.equal(4);
  });

  it('gives up on an end that acknowledges what was never said', async () => {
    for (const nonsense of ['2', '-1', 'x', '', 3, new ArrayBuffer(1)]) {
      const { line, channels } = begin();
      const sent = codeOf(line.send(word));
      const [channel] = channels;
      channel!.onmessage!({ data: '0' });
      expect(channel!.sent.length).to.equal(1);
      channel!.onmessage!({ data: nonsense });
      expect(await sent, JSON.stringify(nonsense)).to.equal('connection-failed');
    }
  });

  it('gives up on an end that allows next to nothing at once', async () => {
    for (const size of [0, 1, 1023]) {
      const { line, channels, clock } = begin(size);
      const sent = codeOf(line.send(word));
      channels[0]!.onmessage!({ data: '0' });
      expect(channels[0]!.sent.length, `of ${size} bytes`).to.equal(0);
      expect([await sent, clock.pending]).to.deep.equal(['connection-failed', 0]);
    }
  });

  it('sends what a small end allows, and gives up where that becomes less than what is cut', async () => {
    const { line, channels, link, connection } = begin(3000);
    const sent = codeOf(line.send({ kind: 'bytes', body: new Uint8Array(7000) }));
    channels[0]!.onmessage!({ data: '0' });
    const sizes = channels[0]!.sent.map((data) => (data as Uint8Array).length);
    expect(sizes).to.deep.equal([3000, 3000, 1003]);
    link.now = { connection: connection(2000), status: 'connected' };
    line.look();
    channels[1]!.onmessage!({ data: '0' });
    expect(channels[1]!.sent.length).to.equal(0);
    expect(await sent).to.equal('connection-failed');
  });

  it('goes on over another channel where one takes nothing although it is open', async () => {
    const { clock, line, channels } = begin();
    const sent = codeOf(line.send(word));
    channels[0]!.send = () => {
      throw new DOMException('could not send', 'OperationError');
    };
    channels[0]!.onmessage!({ data: '0' });
    expect(channels[0]!.readyState).to.equal('closed');
    clock.advance(1000);
    channels[1]!.onmessage!({ data: '0' });
    expect(channels[1]!.sent.length).to.equal(1);
    channels[1]!.onmessage!({ data: '1' });
    expect(await sent).to.equal('');
  });

  it('is never further ahead than the other end allows', () => {
    const { line, channels } = begin();
    for (let n = 0; n < 1000; n++) void line.send(word);
    const [channel] = channels;
    channel!.onmessage!({ data: '0' });
    expect(channel!.sent.length).to.equal(PARTS_AHEAD);
    channel!.onmessage!({ data: '10' });
    expect(channel!.sent.length).to.equal(PARTS_AHEAD + 10);
  });
});

describe('Pump', () => {
  const begin = (largest: number, share: () => number): FakeChannel => {
    const channel = new FakeChannel();
    const send = channel.send.bind(channel);
    channel.send = (data) => {
      send(data);
      if (data instanceof Uint8Array) channel.bufferedAmount += data.length;
    };
    const options = { channel: asChannel(channel), largest, source: fileOf(3 * BLOCK), from: 0, share };
    new Pump({ ...options, digest: new Digest(), stored: () => {}, unreadable: () => {} });
    return channel;
  };
  /** The browser has sent all that waited, and tells once. */
  const drain = (channel: FakeChannel): void => {
    channel.bufferedAmount = channel.bufferedAmountLowThreshold;
    channel.onbufferedamountlow!();
  };

  it('goes on when the browser tells, also where its share has become less meanwhile', async () => {
    let share = BLOCK / 2;
    const channel = begin(262_144, () => share);
    await until(() => channel.bufferedAmount >= share);
    share = 2 ** 16;
    const before = channel.sent.length;
    drain(channel);
    await until(() => channel.sent.length > before, 'more is sent');
  });

  it('does not look by itself whether the browser has sent what waits', async () => {
    const { setTimeout: soon, setInterval: often } = globalThis;
    const timers: (() => void)[] = [];
    const keep = (callback: () => void): number => timers.push(callback);
    Object.assign(globalThis, { setTimeout: keep, setInterval: keep });
    try {
      const share = 2 ** 17;
      const channel = begin(262_144, () => share);
      const turn = (): Promise<void> => new Promise((resolve) => soon(resolve));
      while (channel.bufferedAmount < share) await turn();
      await turn();
      const before = channel.sent.length;
      channel.bufferedAmount = 0;
      // All time that it may want to wait passes.
      for (const due of timers) due();
      await turn();
      expect(channel.sent.length).to.equal(before);
      channel.onbufferedamountlow!();
      await turn();
      expect(channel.sent.length).to.be.above(before);
    } finally {
      Object.assign(globalThis, { setTimeout: soon, setInterval: often });
    }
  });

  it('sends no chunk that is larger than both ends allow', async () => {
    const channel = begin(1000, () => Infinity);
    await until(() => typeof channel.sent.at(-1) === 'string', 'all is sent');
    const sizes = channel.sent.slice(0, -1).map((chunk) => (chunk as Uint8Array).length);
    expect(Math.max(...sizes)).to.equal(1000);
    expect(sizes.reduce((sum, size) => sum + size)).to.equal(3 * BLOCK);
  });

  it('ends with a channel that takes no more, without a word of the file', async () => {
    const channel = new FakeChannel();
    const told: unknown[] = [];
    channel.send = (data) => {
      if (channel.sent.push(data) > 3) throw new TypeError('larger than the other end allows');
    };
    const options = { channel: asChannel(channel), largest: 65_536, source: fileOf(BLOCK), from: 0 };
    const pump = new Pump({
      ...options,
      share: () => Infinity,
      digest: new Digest(),
      stored: () => {},
      unreadable: (cause) => told.push(cause),
    });
    await until(() => pump.isClosed, 'closed');
    expect([channel.sent.length, channel.readyState]).to.deep.equal([4, 'closed']);
    await new Promise((resolve) => setTimeout(resolve));
    expect(told.length).to.equal(0);
  });

  it('is never further ahead than what is stored allows', async () => {
    const channel = new FakeChannel();
    const options = {
      channel: asChannel(channel),
      largest: BLOCK,
      source: fileOf((BLOCKS_AHEAD + 4) * BLOCK),
      from: 0,
    };
    new Pump({
      ...options,
      share: () => Infinity,
      digest: new Digest(),
      stored: () => {},
      unreadable: () => {},
    });
    const bytes = (): number =>
      channel.sent.reduce<number>((sum, chunk) => sum + (chunk as Uint8Array).length, 0);
    await until(() => bytes() === BLOCKS_AHEAD * BLOCK, 'as much as is allowed');
    channel.onmessage!({ data: '1' });
    await until(() => bytes() === (BLOCKS_AHEAD + 1) * BLOCK, 'one block more');
  });
});
