import { expect } from '@open-wc/testing';
import { LABEL } from '../../../../components/engine/call/identifiers.js';
import { MESSAGE_LIMIT } from '../../../../components/engine/call/data/wire.js';
import { nextEvent, until } from '../../../support/wait.js';
import { codeOf, Two } from './support.js';

describe('messages', () => {
  let both: Two;
  beforeEach(async () => {
    both = new Two();
    await both.connect();
  });
  afterEach(() => both.close());

  it('arrive as they were sent, in order, before the promise resolves', async () => {
    const { one, two } = both;
    const values = [
      '',
      'Grüße 👋',
      '\ud800 alone',
      0,
      null,
      true,
      [1, [2]],
      { a: { b: [null] } },
      'x'.repeat(200_000),
    ];
    for (const value of values) {
      await one.exchange.send(value);
      expect(two.messages.at(-1)).to.deep.equal(value);
    }
    expect(two.messages.length).to.equal(values.length);
    // Both ways at once.
    await Promise.all([one.exchange.send('to two'), two.exchange.send('to one', { to: 'one' })]);
    expect(one.messages).to.deep.equal(['to one']);
  });

  it('carry bytes, as they were when they were given', async () => {
    const { one, two } = both;
    const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => at % 251);
    const expected = bytes.slice(5, 200_000);
    const sent = one.exchange.send(bytes.subarray(5, 200_000));
    bytes.fill(0);
    await sent;
    await one.exchange.send(new ArrayBuffer(0));
    const [got, empty] = two.messages as ArrayBuffer[];
    expect(got instanceof ArrayBuffer && empty instanceof ArrayBuffer).to.equal(true);
    const arrived = new Uint8Array(got!);
    expect(arrived.length === expected.length && arrived.every((byte, at) => byte === expected[at])).to.equal(
      true,
    );
    expect(empty!.byteLength).to.equal(0);
  });

  it('keep their order however many are sent without waiting', async () => {
    const { one, two } = both;
    const all = Array.from({ length: 3000 }, (_, n) => one.exchange.send(n));
    await Promise.all(all);
    expect(two.messages).to.deep.equal(all.map((_, n) => n));
    expect(two.cuts).to.deep.equal([]);
  });

  it('go on after the connection was lost, each once', async () => {
    const { one, two } = both;
    await one.exchange.send('first');
    const all: Promise<void>[] = [];
    for (let n = 0; n < 400; n++) all.push(one.exchange.send({ n, text: 'x'.repeat(20_000) }));
    await until(() => two.messages.length > 20, 'some have arrived');
    both.lose();
    const before = two.messages.length;
    expect(before < 401, 'lost while there was more to say').to.equal(true);
    all.push(one.exchange.send('said while there is no connection'));
    await both.connect();
    await Promise.all(all);
    const numbers = two.messages.map((message) => (message as { n?: number }).n ?? message);
    expect(numbers).to.deep.equal([
      'first',
      ...Array.from({ length: 400 }, (_, n) => n),
      'said while there is no connection',
    ]);
  });

  it('are refused where they would not arrive as they are', async () => {
    const { exchange } = both.one;
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const wrong = [
      undefined,
      () => {},
      Symbol('no'),
      1n,
      cycle,
      new Map(),
      new Date(),
      new Blob(['x']),
      { deep: 1n },
      NaN,
      { far: Infinity },
      { at: new Date(0) },
      { all: new Map([[1, 2]]) },
      { bytes: new Uint8Array([1]) },
      [new Set([1])],
      { run() {} },
      { toJSON: () => 5 },
      [1, undefined],
      new Array(2),
      [new (class Point {})()],
    ];
    for (const [at, value] of wrong.entries())
      expect(await codeOf(exchange.send(value)), `the value ${at}`).to.equal('bad-input');
    expect(await codeOf(exchange.send('x', { to: 'nobody' }))).to.equal('bad-input');
    expect(await codeOf(exchange.send(new ArrayBuffer(MESSAGE_LIMIT + 1)))).to.equal('bad-input');
    // Nobody is left waiting where nobody is.
    both.one.links.clear();
    await exchange.send('into the empty room');
  });

  it('are refused where their bytes were given away', async () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    for (const data of [bytes, bytes.buffer]) {
      expect(await codeOf(both.one.exchange.send(data))).to.equal('bad-input');
    }
  });

  it('reach everybody, and whoever leaves does not count unless it was named', async () => {
    const { one } = both;
    one.links.set('three', { connection: new RTCPeerConnection(), status: 'connecting' });
    const all = one.exchange.send('all');
    const named = codeOf(one.exchange.send('three alone', { to: 'three' }));
    await until(() => both.two.messages.length === 1);
    one.exchange.forget('three');
    one.links.delete('three');
    await all;
    expect(await named).to.equal('connection-failed');
  });

  it('reach everybody but who leaves, also where that one is back at once', async () => {
    const { one } = both;
    one.links.set('three', { connection: new RTCPeerConnection(), status: 'connecting' });
    const all = codeOf(one.exchange.send('all'));
    await until(() => both.two.messages.length === 1);
    one.exchange.forget('three');
    expect(await all).to.equal('');
    expect(both.two.messages).to.deep.equal(['all']);
  });

  it('are given up where the connection is, and where we leave', async () => {
    const { one } = both;
    const { connection } = one.links.get('two')!;
    both.lose();
    const lost = codeOf(one.exchange.send('lost'));
    one.link('two', { connection, status: 'failed' });
    expect(await lost).to.equal('connection-failed');
    expect(await codeOf(one.exchange.send('at once'))).to.equal('connection-failed');
    one.link('two', { connection, status: 'reconnecting' });
    const left = codeOf(one.exchange.send('left'));
    one.exchange.close();
    expect(await left).to.equal('aborted');
  });

  it('bring what was given up no more, and what is said after it', async () => {
    const { one, two } = both;
    await one.exchange.send('before');
    const { connection } = one.links.get('two')!;
    both.lose();
    const lost = codeOf(one.exchange.send('lost'));
    one.link('two', { connection, status: 'failed' });
    await lost;
    await both.connect();
    await one.exchange.send('after');
    expect(two.messages).to.deep.equal(['before', 'after']);
  });

  it('come whole to a member that has forgotten us in the middle of one', async () => {
    const { one, two } = both;
    const [from] = both.connections as [RTCPeerConnection];
    const { createDataChannel } = from;
    let heard = 0;
    from.createDataChannel = (...given) => {
      const channel = createDataChannel.apply(from, given);
      channel.addEventListener('message', ({ data }) => (heard = Number(data)));
      return channel;
    };
    await one.exchange.send('before');
    const bytes = new Uint8Array(12 * 2 ** 20).fill(7);
    const sent = one.exchange.send(bytes);
    await until(() => heard > 100, 'a part of it');
    expect(two.messages.length, 'not all of it').to.equal(1);
    two.exchange.forget('one');
    await both.connect();
    await sent;
    await one.exchange.send('after');
    const [, got, after] = two.messages;
    expect([(got as ArrayBuffer).byteLength, after, two.cuts]).to.deep.equal([bytes.length, 'after', []]);
  });

  it('open a channel of the other end anew that was closed', async () => {
    const { one, two } = both;
    const opened = nextEvent<RTCDataChannelEvent>(both.connections[1]!, 'datachannel');
    await one.exchange.send('one');
    (await opened).channel.close();
    await one.exchange.send('two');
    expect(two.messages).to.deep.equal(['one', 'two']);
  });

  describe('of one who does not speak as we do', () => {
    /** A channel to `two` that is written by hand. */
    async function rogue(): Promise<RTCDataChannel> {
      const channel = open('messages rogue 0');
      await nextEvent(channel, 'open');
      return channel;
    }
    function open(protocol: string): RTCDataChannel {
      return both.connections[0]!.createDataChannel(LABEL, { protocol });
    }
    const cut = (): Promise<string> => until(() => both.two.cuts[0], 'it is cut off');

    it('cuts it off, and listens no more', async () => {
      const channel = await rogue();
      const closed = nextEvent(channel, 'close');
      channel.send(new Uint8Array([0x81, 0x7b]));
      expect(await cut()).to.contain('no sense');
      await closed;
      await nextEvent(open('messages rogue 0'), 'close');
      expect(await codeOf(both.two.exchange.send('x', { to: 'one' }))).to.equal('connection-failed');
      expect([both.two.messages.length, both.two.cuts.length]).to.deep.equal([0, 1]);
    });

    for (const [what, bytes] of Object.entries({
      'no part': [],
      'an unknown kind': [0x83, 1],
      'a control message that is none': [0x80, 0x31],
      'text that is no UTF-8': [0x81, 0xff],
      'a part without anything': [0x01],
    })) {
      it(`cuts off who sends ${what}`, async () => {
        const channel = await rogue();
        channel.send(new Uint8Array(bytes));
        await cut();
      });
    }

    it('cuts off who sends on without hearing', async () => {
      const channel = await rogue();
      // No message ends, and so much is acknowledged that there is always more.
      const part = new Uint8Array(16_384);
      part[0] = 2;
      channel.bufferedAmountLowThreshold = 2 ** 20;
      let stop = false;
      channel.onclose = () => (stop = true);
      while (!stop && both.two.cuts.length === 0) {
        if (channel.readyState === 'open' && channel.bufferedAmount < 2 ** 21) channel.send(part);
        else await new Promise((resolve) => setTimeout(resolve));
      }
      expect(both.two.cuts.length).to.equal(1);
    });

    it('takes no channel for anything else', async () => {
      for (const protocol of [
        '',
        'messages',
        'messages a b',
        'file unknown 0',
        'messages a 1 2',
        'shell x 0',
      ]) {
        await nextEvent(open(protocol), 'close');
      }
      expect(both.two.cuts).to.deep.equal([]);
    });
  });
});
