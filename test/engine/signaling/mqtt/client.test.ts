import { expect } from '@open-wc/testing';
import { publishPacket } from '../../../../components/engine/signaling/mqtt/packets.js';
import { MediaKitError } from '../../../../components/engine/errors.js';
import {
  type MqttCredentials,
  type MqttOptions,
  MqttSignaling,
} from '../../../../components/engine/signaling/mqtt.js';
import type { SignalingChannel } from '../../../../components/engine/signaling/signaling.js';
import { renewedBefore } from '../../../../components/engine/signaling/mqtt/credentials.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { bytes, Ear, rejection } from '../../../support/signaling-contract.js';
import { ScriptedBroker } from './scripted-broker.js';

const hex = (packet: Uint8Array): string =>
  [...packet].map((byte) => byte.toString(16).padStart(2, '0')).join('');
const text = (value: string): string => value.length.toString(16).padStart(4, '0') + hex(bytes(value));
const own = 'pc/1/room/p/ann';
const toUs = (payload: string): number[] => [
  ...publishPacket('pc/1/room/to/ann/bob', bytes(payload), 0, false),
];

describe('MqttSignaling, its other side played by the test', () => {
  let broker: ScriptedBroker;
  let clock: ManualClock;
  let ear: Ear;

  beforeEach(() => {
    broker = new ScriptedBroker();
    clock = new ManualClock();
    ear = new Ear();
  });

  /** `random` is 1: each pause is as long as it can be. */
  const open = (urls = ['ws://one/'], signal?: AbortSignal): Promise<SignalingChannel> =>
    new MqttSignaling(urls, { WebSocket: broker.WebSocket, clock, random: () => 1 }).open(
      { room: 'room', peer: 'ann' },
      ear,
      signal,
    );

  const identified = (credentials: MqttOptions['credentials']): Promise<SignalingChannel> =>
    new MqttSignaling(['ws://one/'], {
      WebSocket: broker.WebSocket,
      clock,
      random: () => 1,
      credentials,
    }).open({ room: 'room', peer: 'ann' }, ear);
  /** Time for promises to settle. */
  const settled = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve));

  const opened = async (): Promise<SignalingChannel> => {
    const opening = open();
    broker.last.greet();
    const channel = await opening;
    broker.last.take();
    return channel;
  };

  /** Nothing is left: no timer, no socket. */
  const expectNothingLeft = (): void => {
    expect(clock.pending, 'timers').to.equal(0);
    expect(
      broker.sockets.every(({ closed, onmessage, onclose }) => closed && !onmessage && !onclose),
    ).to.equal(true);
  };

  describe('opening', () => {
    it('greets with its will and subscribes in order in one go, and is open when both are granted', async () => {
      const opening = open();
      const socket = broker.last;
      expect(socket.binaryType).to.equal('arraybuffer');
      expect(socket.sent.length).to.equal(0);
      socket.onopen!();
      expect(hex(socket.sent[0]!)).to.equal(`1022${text('MQTT')}042e003c${text('ann')}${text(own)}0000`);
      expect(hex(socket.sent[1]!)).to.equal(
        `82270001${text('pc/1/room/to/ann/+')}00${text('pc/1/room/p/+')}00`,
      );
      socket.receive(0x20, 2, 0, 0);
      expect(socket.sent.length).to.equal(2);
      socket.receive(0x90, 4, 0, 1, 0, 0);
      (await opening).close();
      expectNothingLeft();
    });

    for (const code of [1, 2, 4, 5]) {
      it(`is refused for good by CONNACK ${code}`, async () => {
        const opening = open(['ws://one/', 'ws://two/']);
        broker.last.onopen!();
        broker.last.receive(0x20, 2, 0, code);
        await rejection(opening, 'signaling-refused');
        expect(broker.sockets.length).to.equal(1);
        expectNothingLeft();
      });
    }

    it('says who it is, with a password after the name', async () => {
      const cases: [MqttCredentials, flags: string, id: string, more: string][] = [
        [{ username: 'user', password: 'pass' }, 'ee', 'ann', text('user') + text('pass')],
        [{ password: 'pass' }, 'ee', 'ann', text('ann') + text('pass')],
        [{ clientId: 'other', username: 'user' }, 'ae', 'other', text('user')],
        [{}, '2e', 'ann', ''],
      ];
      for (const [given, flags, id, more] of cases) {
        const opening = identified(() => given);
        await settled();
        broker.last.onopen!();
        const body = `${text('MQTT')}04${flags}003c${text(id)}${text(own)}0000${more}`;
        expect(hex(broker.last.sent[0]!)).to.equal(`10${(body.length / 2).toString(16)}${body}`);
        broker.last.receive(0x20, 2, 0, 0);
        broker.last.receive(0x90, 4, 0, 1, 0, 0);
        (await opening).close();
        expectNothingLeft();
      }
    });

    it('asks who it is before each connection, and waits for no answer longer than ten seconds', async () => {
      let asked = 0;
      let answer: () => Promise<MqttCredentials> = () => Promise.resolve({ password: `p${asked}` });
      const opening = identified(() => {
        asked++;
        return answer();
      });
      await settled();
      broker.last.greet();
      const channel = await opening;
      expect(asked).to.equal(1);
      answer = () => Promise.reject(new Error('no session'));
      broker.last.lose();
      clock.advance(300);
      await settled();
      expect([asked, broker.sockets.length]).to.deep.equal([2, 1]);
      answer = () => new Promise(() => undefined);
      clock.advance(600);
      await settled();
      expect([asked, broker.sockets.length]).to.deep.equal([3, 1]);
      answer = () => Promise.resolve({});
      clock.advance(10_000);
      await settled();
      clock.advance(700);
      await settled();
      expect([asked, broker.sockets.length]).to.deep.equal([4, 2]);
      broker.last.greet();
      expect(ear.reach).to.deep.equal([false, true]);
      answer = () => new Promise(() => undefined);
      broker.last.lose();
      clock.advance(300);
      channel.close();
      expectNothingLeft();
    });

    it('ends where the page says that it is refused, and names the token where the broker does', async () => {
      const reason = new MediaKitError('signaling-refused', 'Not any more.');
      const given = [Promise.resolve({ password: 'p' }), Promise.reject(reason)];
      given[1]!.catch(() => undefined);
      const opening = identified(() => given.shift()!);
      await settled();
      broker.last.greet();
      await opening;
      broker.last.lose();
      clock.advance(300);
      await settled();
      expect(ear.errors[0] === reason).to.equal(true);
      expectNothingLeft();

      const refused = identified(() => ({ password: 'p' }));
      await settled();
      broker.last.onopen!();
      broker.last.receive(0x20, 2, 0, 5);
      expect((await rejection(refused, 'signaling-refused')).message).to.contain('expired');
      expectNothingLeft();
    });

    it('asks again where it was told nothing of use, as by a page of errors', async () => {
      const useless = Promise.reject(new MediaKitError('bad-input', 'The token is no JWT.'));
      useless.catch(() => undefined);
      const given = [Promise.resolve({}), useless, Promise.resolve({})];
      const opening = identified(() => given.shift()!);
      await settled();
      broker.last.greet();
      const channel = await opening;
      broker.last.lose();
      clock.advance(300);
      await settled();
      expect([ear.errors.length, broker.sockets.length]).to.deep.equal([0, 1]);
      clock.advance(600);
      await settled();
      expect([ear.errors.length, broker.sockets.length]).to.deep.equal([0, 2]);
      channel.close();
      expectNothingLeft();
    });

    it('is refused when a subscription is not granted', async () => {
      const opening = open();
      broker.last.onopen!();
      broker.last.receive(0x20, 2, 0, 0);
      broker.last.receive(0x90, 4, 0, 1, 0, 0x80);
      await rejection(opening, 'signaling-refused');
      expectNothingLeft();
    });

    it('comes again after a second when the broker is not available', async () => {
      const opening = open();
      broker.last.onopen!();
      broker.last.receive(0x20, 2, 0, 3);
      clock.advance(999);
      expect(broker.sockets.length).to.equal(1);
      clock.advance(1);
      expect(broker.sockets.length).to.equal(2);
      broker.last.greet();
      (await opening).close();
      expectNothingLeft();
    });

    it('tries each address in turn and gives up after ten seconds', async () => {
      const opening = open(['ws://one/?secret', 'ws://user:p@ss@two/']);
      const pauses = [300, 600, 1200, 2400];
      for (const pause of pauses) {
        broker.last.lose();
        clock.advance(pause);
      }
      expect(broker.sockets.map(({ url }) => url.match(/one|two/)![0])).to.deep.equal([
        'one',
        'two',
        'one',
        'two',
        'one',
      ]);
      clock.advance(10_000);
      const error = await rejection(opening, 'signaling-unreachable');
      expect(error.message).to.contain('ws://one/, ws://two/ (');
      expectNothingLeft();
    });

    it('does not wait for an address that never answers', async () => {
      const opening = open(['ws://silent/', 'ws://two/']);
      clock.advance(5000);
      expect(broker.sockets[0]!.closed).to.deep.equal([1000, 'no answer in time']);
      clock.advance(300);
      broker.last.greet();
      (await opening).close();
      expectNothingLeft();
    });

    it('says why when the browser forbids the address', async () => {
      broker.refusal = new DOMException('An insecure WebSocket', 'SecurityError');
      const opening = open();
      clock.advance(10_000);
      const error = await rejection(opening, 'signaling-unreachable');
      expect(error.cause === broker.refusal).to.equal(true);
      expect(clock.pending).to.equal(0);
    });

    for (const stage of ['connecting', 'greeting', 'subscribing', 'waiting'] as const) {
      it(`can be aborted while ${stage}`, async () => {
        const controller = new AbortController();
        const opening = open(undefined, controller.signal);
        const socket = broker.last;
        if (stage !== 'connecting') socket.onopen!();
        if (stage === 'subscribing') socket.receive(0x20, 2, 0, 0);
        if (stage === 'waiting') socket.lose();
        socket.take();
        controller.abort();
        await rejection(opening, 'aborted');
        // Its will has to clear what a connection before it may have left.
        expect(socket.take()).to.deep.equal([]);
        clock.advance(60_000);
        expect(broker.sockets.length).to.equal(1);
        expectNothingLeft();
      });
    }
  });

  describe('the stream of bytes', () => {
    it('reads packets that are cut anywhere and packets that come together', async () => {
      const channel = await opened();
      const socket = broker.last;
      socket.receive(...toUs('whole'));
      const packets = ['a', 'b'.repeat(200), 'c'.repeat(20_000)].flatMap(toUs);
      socket.receive(...packets.slice(0, 300));
      for (const byte of packets.slice(300, 700)) socket.receive(byte);
      socket.receive();
      socket.receive(...packets.slice(700), ...packets);
      expect(ear.messages).to.deep.equal([
        'bob: whole',
        ...['bob: a', 'bob: 200', 'bob: 20000', 'bob: a', 'bob: 200', 'bob: 20000'],
      ]);
      channel.close();
    });

    it('passes over a message that is too large, counts it and goes on', async () => {
      const channel = await opened();
      const socket = broker.last;
      // 1 MiB announced, in pieces; then a good one in the same piece as its end.
      socket.receive(0x30, 0x80, 0x80, 0x40);
      for (let piece = 0; piece < 15; piece++) socket.receive(...new Uint8Array(65_536));
      socket.receive(...new Uint8Array(65_536), ...toUs('good'));
      expect(ear.messages).to.deep.equal(['bob: good']);
      expect(ear.ignoredCount).to.equal(1);
      expect(socket.closed).to.equal(null);
      channel.close();
    });

    it('ignores and counts topics that are not its own', async () => {
      const channel = await opened();
      const topics = [
        'pc/1/room/p/',
        'pc/1/room/p/a b',
        'pc/1/room/p/bob/more',
        'pc/1/room/to/bob/cid',
        'pc/1/room/to/ann/',
        'pc/1/room/to/ann/bob/more',
        'pc/1/room/x/ann',
        'pc/1/other/p/bob',
        'pc/2/room/p/bob',
        '$SYS/uptime',
        '',
      ];
      for (const topic of topics) broker.last.publish(topic, bytes('x'));
      expect(ear.calls).to.equal(0);
      expect(ear.ignoredCount).to.equal(topics.length);
      channel.close();
    });

    it('acknowledges before the room hears of it', async () => {
      const channel = await opened();
      const socket = broker.last;
      let sentBefore: string[] = [];
      ear.message = () => (sentBefore = socket.take());
      socket.publish('pc/1/room/to/ann/bob', bytes('x'), 258);
      expect(sentBefore).to.deep.equal(['40']);
      channel.close();
    });

    for (const [what, garbage] of [
      ['a packet of a client', [0xc0, 0]],
      ['a length without end', [0x30, 0xff, 0xff, 0xff, 0xff, 1]],
      ['an acknowledgement that is too short', [0x40, 1, 0]],
      ['QoS 3', [0x36, 4, 0, 1, 65, 0]],
      ['a topic longer than its packet', [0x30, 3, 0, 9, 65]],
      ['a topic that is no text', [0x30, 4, 0, 2, 0xff, 0xff]],
      ['a second greeting', [0x20, 2, 0, 0]],
    ] as const) {
      it(`starts anew after ${what}`, async () => {
        const channel = await opened();
        broker.last.receive(...garbage);
        expect(broker.last.closed?.[0]).to.equal(1000);
        expect(broker.last.closed?.[1]).not.to.equal('');
        expect(ear.reach).to.deep.equal([false]);
        clock.advance(300);
        broker.last.greet();
        expect(ear.reach).to.deep.equal([false, true]);
        channel.close();
        expectNothingLeft();
      });
    }

    it('starts anew after text', async () => {
      const channel = await opened();
      broker.last.onmessage!({ data: 'hello' });
      expect(broker.last.closed).to.deep.equal([1000, 'the broker sent text']);
      channel.close();
    });
  });

  describe('staying connected', () => {
    it('pings every 15 s and takes silence of 8 s for a loss', async () => {
      const channel = await opened();
      const socket = broker.last;
      clock.advance(15_000);
      expect(socket.take()).to.deep.equal(['c0']);
      clock.advance(7999);
      socket.receive(0xd0, 0);
      clock.advance(15_000);
      expect(socket.take()).to.deep.equal(['c0']);
      // Any byte is a sign of life.
      socket.receive(0x30);
      clock.advance(8000);
      expect(ear.reach).to.deep.equal([]);
      socket.receive(2, 0, 0);
      clock.advance(7000);
      expect(socket.take()).to.deep.equal(['c0']);
      clock.advance(8000);
      expect(ear.reach).to.deep.equal([false]);
      expect(socket.closed).to.deep.equal([1000, 'the broker fell silent']);
      channel.close();
      expectNothingLeft();
    });

    it('asks at once when it is woken', async () => {
      const channel = await opened();
      dispatchEvent(new Event('online'));
      expect(broker.last.take()).to.deep.equal(['c0']);
      document.dispatchEvent(new Event('visibilitychange'));
      expect(broker.last.take(), 'one question at a time').to.deep.equal([]);
      broker.last.receive(0xd0, 0);
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      expect(broker.last.take()).to.deep.equal(['c0']);
      channel.close();
      dispatchEvent(new Event('online'));
      expectNothingLeft();
    });

    it('asks at once when it is checked, and takes silence of 3 s for a loss', async () => {
      const channel = await opened();
      const [socket] = broker.sockets;
      channel.check!();
      channel.check!();
      expect(socket!.take(), 'one question at a time').to.deep.equal(['c0']);
      clock.advance(2999);
      channel.check!();
      socket!.receive(0xd0, 0);
      clock.advance(15_000);
      expect(socket!.take(), 'the usual one').to.deep.equal(['c0']);
      channel.check!();
      expect(socket!.take()).to.deep.equal(['c0']);
      clock.advance(2999);
      channel.check!();
      expect(ear.reach).to.deep.equal([]);
      clock.advance(1);
      expect(ear.reach).to.deep.equal([false]);
      expect(socket!.closed).to.deep.equal([1000, 'the broker fell silent']);
      // It is being tried again already.
      channel.check!();
      expect(broker.sockets.length).to.equal(1);
      clock.advance(300);
      broker.last.greet();
      expect(ear.reach).to.deep.equal([false, true]);
      channel.close();
      expectNothingLeft();
    });

    it('tries again at once when it is woken', async () => {
      const channel = await opened();
      broker.last.lose();
      dispatchEvent(new Event('online'));
      expect(broker.sockets.length).to.equal(2);
      clock.advance(300);
      expect(broker.sockets.length, 'and not twice').to.equal(2);
      channel.close();
      expectNothingLeft();
    });

    it('tries for ever, soon at first, then every 5 s, and soon again after a good connection', async () => {
      const channel = await opened();
      clock.advance(6000);
      // A broker that is only started anew is soon back.
      for (const pause of [300, 600, ...Array<number>(8).fill(700), 5000, 5000]) {
        const { length } = broker.sockets;
        broker.last.lose();
        clock.advance(pause - 1);
        expect(broker.sockets.length, `${pause} ms`).to.equal(length);
        clock.advance(1);
        expect(broker.sockets.length, `${pause} ms`).to.equal(length + 1);
      }
      broker.last.greet();
      broker.last.lose();
      clock.advance(4999);
      expect(broker.last.sent.length, 'one that breaks at once is no good one').to.equal(3 - 1);
      clock.advance(1);
      broker.last.greet();
      clock.advance(5001);
      const { length } = broker.sockets;
      broker.last.lose();
      clock.advance(300);
      expect(broker.sockets.length).to.equal(length + 1);
      expect(ear.reach).to.deep.equal([false, true, false, true, false]);
      channel.close();
      expectNothingLeft();
    });

    it('sends its presence and what was queued only after its subscriptions', async () => {
      const channel = await opened();
      channel.announce(bytes('Ann'));
      broker.last.publish(own, bytes('Ann'));
      broker.last.lose();
      for (let n = 0; n < 130; n++) channel.send('bob', bytes(`message ${n}`));
      clock.advance(300);
      const socket = broker.last;
      socket.onopen!();
      socket.receive(0x20, 2, 0, 0);
      expect(socket.take()).to.deep.equal(['10', '82']);
      socket.receive(0x90, 4, 0, 1, 0, 0);
      expect(hex(socket.sent[0]!)).to.contain(hex(bytes('Ann')));
      expect(hex(socket.sent[1]!), 'the oldest two are lost').to.contain(hex(bytes('message 2')));
      expect(socket.take()).to.deep.equal(['33', ...Array<string>(128).fill('30')]);
      channel.close();
    });

    it('comes back whatever the broker gives as its reason', async () => {
      const channel = await opened();
      broker.last.lose('\u{1F4A9}'.repeat(30));
      clock.advance(300);
      expect(broker.sockets.length).to.equal(2);
      channel.close();
    });

    it('tells of a refusal that comes later', async () => {
      const channel = await opened();
      broker.last.lose();
      clock.advance(300);
      broker.last.onopen!();
      broker.last.receive(0x20, 2, 0, 5);
      expect(ear.errors.map(({ code }) => code)).to.deep.equal(['signaling-refused']);
      channel.announce(bytes('too late'));
      channel.close();
      expectNothingLeft();
    });

    it('numbers what is to be acknowledged from 1 to 65535, never 0', async () => {
      const channel = await opened();
      const ids = new Set<number>();
      for (let n = 0; n < 65_600; n++) {
        channel.announce(bytes('x'));
        const [packet] = broker.last.sent.splice(0);
        const at = 4 + own.length;
        ids.add(packet![at]! * 256 + packet![at + 1]!);
      }
      expect(ids.size).to.equal(65_535);
      expect(ids.has(0)).to.equal(false);
      channel.close();
    });
  });

  describe('credentials that end', () => {
    /** Opened with the first of these; the functions may be asked again. */
    const openedWith = async (
      ...given: readonly (() => MqttCredentials | Promise<MqttCredentials>)[]
    ): Promise<SignalingChannel> => {
      const left = [...given];
      const opening = identified(() => (left.length > 1 ? left.shift()! : left[0]!)());
      await settled();
      broker.last.greet();
      const channel = await opening;
      broker.last.take();
      return channel;
    };
    /** Time goes by, with a broker that answers the pings. */
    const pass = async (ms: number): Promise<void> => {
      for (let left = ms; left > 0; left -= 5000) {
        clock.advance(Math.min(5000, left));
        for (const socket of broker.sockets) socket.receive(0xd0, 0);
      }
      await settled();
    };
    const holding = (holdsFor: number) => (): MqttCredentials => ({ password: `for ${holdsFor}`, holdsFor });

    it('are renewed before, over a second connection, without the room being out of reach', async () => {
      const channel = await openedWith(holding(60_000), holding(20_000), holding(600_000));
      channel.announce(bytes('Ann'));
      const [first] = broker.sockets;
      await pass(45_000 - 1);
      expect(broker.sockets.length).to.equal(1);
      await pass(1);
      expect(broker.sockets.length).to.equal(2);
      first!.take();
      const second = broker.last;
      channel.send('bob', bytes('by the old way'));
      expect([first!.take(), first!.closed]).to.deep.equal([['30'], null]);
      second.onopen!();
      expect(first!.take(), 'goodbye without a will').to.deep.equal(['e0']);
      expect(first!.closed![0]).to.equal(1000);
      expect(hex(second.sent[0]!)).to.contain(text('for 20000'));
      channel.send('bob', bytes('meanwhile'));
      second.receive(0x20, 2, 0, 0);
      expect(second.take()).to.deep.equal(['10', '82']);
      second.receive(0x90, 4, 0, 1, 0, 0);
      expect(second.take(), 'presence and what was said').to.deep.equal(['33', '30']);
      expect(ear.reach).not.to.include(false);
      // A quarter of their time before, where that is short.
      await pass(15_000);
      expect(broker.sockets.length).to.equal(3);
      broker.last.greet();
      await pass(569_000);
      expect(broker.sockets.length, 'half a minute before').to.equal(3);
      expect(ear.reach).not.to.include(false);
      channel.close();
      expectNothingLeft();
    });

    it('are left to the broker where no others come', async () => {
      const never = (): Promise<never> => new Promise(() => undefined);
      const fails = (): never => {
        throw new MediaKitError('signaling-refused', 'Not now.');
      };
      for (const next of [() => ({ holdsFor: 15_000 }), () => ({}), never, fails]) {
        const channel = await openedWith(holding(60_000), next);
        const { length } = broker.sockets;
        for (const ms of [45_000, 14_000]) await pass(ms);
        expect([broker.sockets.length, ear.errors.length]).to.deep.equal([length, 0]);
        channel.close();
        expectNothingLeft();
      }
    });

    it('are not renewed where a clock must be wrong, nor after years', async () => {
      expect(renewedBefore(1e11), 'longer than a timer waits').to.equal(null);
      for (const holdsFor of [-600_000, 0, 9999]) {
        let asked = 0;
        const channel = await openedWith(() => (asked++, { holdsFor }));
        await pass(60_000);
        expect(asked, String(holdsFor)).to.equal(1);
        channel.close();
        expectNothingLeft();
      }
    });

    it('are kept while the second connection does not come about', async () => {
      const channel = await openedWith(holding(60_000), holding(600_000));
      const [first] = broker.sockets;
      await pass(45_000);
      broker.last.lose();
      await pass(4000);
      channel.send('bob', bytes('still here'));
      expect(first!.take()).to.include('30');
      expect([broker.sockets.length, ear.reach.length]).to.deep.equal([2, 0]);
      first!.lose('expired');
      expect(ear.reach).to.deep.equal([false]);
      clock.advance(300);
      await settled();
      broker.last.greet();
      expect(ear.reach).to.deep.equal([false, true]);
      channel.close();
      expectNothingLeft();
    });

    it('are renewed once where the first connection is lost meanwhile', async () => {
      let answer!: (given: MqttCredentials) => void;
      const slow = (): Promise<MqttCredentials> => new Promise((resolve) => (answer = resolve));
      const channel = await openedWith(holding(60_000), slow, holding(60_000), holding(600_000));
      await pass(45_000);
      broker.last.lose();
      answer({ holdsFor: 600_000 });
      clock.advance(300);
      await settled();
      expect(broker.sockets.length).to.equal(2);
      broker.last.greet();
      await pass(45_000);
      const [, second, third] = broker.sockets;
      second!.lose();
      expect(third!.closed !== null).to.equal(true);
      clock.advance(300);
      await settled();
      expect(broker.sockets.length).to.equal(4);
      broker.last.greet();
      channel.close();
      expectNothingLeft();
    });

    it('that are refused end it, and nothing is left of a renewal that is not wanted any more', async () => {
      const first = await openedWith(holding(60_000), holding(600_000));
      await pass(45_000);
      broker.last.onopen!();
      broker.last.receive(0x20, 2, 0, 5);
      expect(ear.errors.map(({ code }) => code)).to.deep.equal(['signaling-refused']);
      first.close();
      expectNothingLeft();
      for (const stage of ['asking', 'connecting', 'greeting']) {
        const next = stage === 'asking' ? () => new Promise<never>(() => undefined) : holding(600_000);
        const channel = await openedWith(holding(60_000), next);
        await pass(45_000);
        if (stage === 'greeting') broker.last.onopen!();
        channel.close();
        expectNothingLeft();
      }
    });
  });

  describe('presence', () => {
    it('is retained at QoS 1 and emptied before the goodbye', async () => {
      const channel = await opened();
      channel.announce(bytes('Ann'));
      expect(broker.last.sent.map(hex)).to.deep.equal([`3316000f${hex(bytes(own))}0002${hex(bytes('Ann'))}`]);
      broker.last.take();
      channel.close();
      expect(broker.last.sent.map(hex)).to.deep.equal([`3313000f${hex(bytes(own))}0003`, 'e000']);
      expect(broker.last.closed).to.deep.equal([1000, '']);
      expectNothingLeft();
    });

    it('is put right at most every 2 s when it was erased or is foreign', async () => {
      const channel = await opened();
      const socket = broker.last;
      channel.announce(bytes('Ann'));
      socket.publish(own, bytes('Ann'));
      socket.take();
      socket.publish(own, new Uint8Array());
      socket.publish(own, bytes('Eve'));
      clock.advance(1999);
      expect(socket.take()).to.deep.equal([]);
      clock.advance(1);
      expect(socket.take()).to.deep.equal(['33']);
      socket.publish(own, bytes('Ann'));
      clock.advance(10_000);
      expect(socket.take()).to.deep.equal([]);
      socket.publish(own, new Uint8Array());
      clock.advance(0);
      expect(socket.take(), 'at once after a rest').to.deep.equal(['33']);
      channel.close();
      expectNothingLeft();
    });

    it('is not taken for foreign while the newest one is on its way', async () => {
      const channel = await opened();
      const socket = broker.last;
      channel.announce(bytes('one'));
      channel.announce(bytes('two'));
      socket.publish(own, bytes('one'));
      socket.publish(own, bytes('two'));
      socket.take();
      clock.advance(10_000);
      expect(socket.take()).to.deep.equal([]);
      channel.close();
    });

    it('is renewed every 20 minutes', async () => {
      const channel = await opened();
      const socket = broker.last;
      channel.announce(bytes('Ann'));
      socket.publish(own, bytes('Ann'));
      for (let quarter = 0; quarter < 80; quarter++) {
        socket.take();
        clock.advance(15_000);
        socket.receive(0xd0, 0);
      }
      expect(socket.take().includes('33')).to.equal(true);
      channel.close();
    });

    for (const [what, number, reason, code] of [
      ['is not permitted', 1006, '', 'signaling-refused'],
      ['has no place in the room where the broker says so', 1008, 'members', 'room-full'],
    ] as const) {
      it(`that makes the broker hang up each time ${what}`, async () => {
        const channel = await opened();
        channel.announce(bytes('Ann'));
        for (const pause of [300, 600]) {
          broker.last.lose(reason, number);
          clock.advance(pause);
          broker.last.greet();
        }
        broker.last.lose(reason, number);
        expect(ear.errors.map((error) => error.code)).to.deep.equal([code]);
        channel.close();
        expectNothingLeft();
      });
    }

    it('is announced again when it does not come back', async () => {
      const channel = await opened();
      channel.announce(bytes('Ann'));
      broker.last.take();
      clock.advance(5000);
      expect(broker.last.take()).to.deep.equal(['33']);
      expect(ear.errors.length).to.equal(0);
      channel.close();
    });
  });

  describe('closing', () => {
    it('does nothing the second time', async () => {
      const channel = await opened();
      channel.close();
      broker.last.take();
      channel.close();
      expect(broker.last.take()).to.deep.equal([]);
      expectNothingLeft();
    });

    it('ends the attempts while the broker is away', async () => {
      const channel = await opened();
      channel.announce(bytes('Ann'));
      broker.last.lose();
      channel.send('bob', bytes('x'));
      channel.close();
      clock.advance(60_000);
      expect(broker.sockets.length).to.equal(1);
      expectNothingLeft();
    });

    it('in the middle of a chunk leaves the rest of it unheard', async () => {
      const channel = await opened();
      ear.message = () => {
        ear.calls++;
        channel.close();
      };
      broker.last.receive(...toUs('x'), ...toUs('x'), ...toUs('x'));
      expect(ear.calls).to.equal(1);
      expectNothingLeft();
    });
  });
});
