import { expect } from '@open-wc/testing';
import type { PeerJoinEvent, PeerLeaveEvent } from '../../../components/engine/call/events.js';
import type { Room } from '../../../components/engine/call/room.js';
import { MediaKitError } from '../../../components/engine/errors.js';
import { MemorySignaling } from '../../../components/engine/signaling/memory.js';
import type {
  Signaling,
  SignalingChannel,
  SignalingHandlers,
} from '../../../components/engine/signaling/signaling.js';
import { soundAbove } from '../../support/media.js';
import { until } from '../../support/wait.js';
import { FakeClock, joinAll, Member, nameOf, pair, picture, tone, Wire } from './support.js';

async function errorOf(promise: Promise<unknown>): Promise<MediaKitError> {
  const thrown = await promise.then(
    () => new Error('resolved'),
    (error: unknown) => error,
  );
  expect(thrown instanceof MediaKitError, String(thrown)).to.equal(true);
  return thrown as MediaKitError;
}

/** Opens when it is told to, and does not hear that it need not. */
class Slow implements Signaling {
  closed = 0;
  announced = 0;
  finish!: () => void;
  open() {
    return new Promise<SignalingChannel>((resolve) => {
      this.finish = () =>
        resolve({ announce: () => this.announced++, send: () => {}, close: () => this.closed++ });
    });
  }
}

describe('Room', () => {
  it('waits for no channel when it is left or cannot connect, and closes the late one', async () => {
    for (const [code, iceServers] of [
      ['aborted', []],
      ['bad-input', [{ urls: 'nonsense:' }]],
    ] as const) {
      const { room, clock } = new Member();
      const signaling = new Slow();
      const joining = errorOf(room.join({ signaling, room: 'test', iceServers }));
      if (code === 'aborted') {
        await until(() => signaling.finish);
        room.leave();
      }
      expect((await joining).code).to.equal(code);
      signaling.finish();
      await until(() => signaling.closed === 1, 'closed');
      expect([signaling.announced, clock.pending]).to.deep.equal([0, 0]);
    }
  });

  const members: Member[] = [];
  const borrowed: { stop(): void }[] = [];
  const add = <T extends readonly Member[]>(...some: T): T => (members.push(...some), some);
  const draw = (color: string) => {
    const stream = picture(color);
    borrowed.push(stream);
    return stream;
  };

  afterEach(() => {
    for (const { room } of members) room.release();
    for (const { open, clock } of members) {
      expect(open, 'open connections').to.equal(0);
      expect(clock.pending, 'waiting timers').to.equal(0);
    }
    for (const stream of borrowed) stream.stop();
    members.length = 0;
    borrowed.length = 0;
  });

  describe('a call', () => {
    it('shows and plays to each what the other sends, after exactly one offer', async () => {
      const [one, two] = add(...pair());
      const [red, blue, sound] = [draw('red'), draw('blue'), tone()];
      borrowed.push(sound);
      one.room.setStream(new MediaStream([...red.getTracks(), ...sound.getTracks()]));
      two.room.setStream(new MediaStream([...blue.getTracks(), ...sound.getTracks()]));
      await joinAll([one, two]);
      expect(nameOf(await one.sees(two))).to.equal('blue');
      expect(nameOf(await two.sees(one))).to.equal('red');
      expect(await soundAbove((await one.connected(two)).stream!)).to.be.above(0);
      expect(await soundAbove((await two.connected(one)).stream!)).to.be.above(0);
      expect([one.offers, two.offers]).to.deep.equal([1, 0]);
      for (const [self, other] of [
        [one, two],
        [two, one],
      ] as const) {
        expect(self.state.status).to.equal('connected');
        expect(self.state.ignored).to.equal(0);
        expect(self.count('peer-join')).to.equal(1);
        const { audio, video, screen } = self.peer(other)!;
        expect([audio, video, screen]).to.deep.equal([true, true, null]);
        expect(self.peer(other)!.stream!.getTracks().length).to.equal(2);
      }
    });

    for (const [who, which] of [
      ['first', 0],
      ['second', 1],
    ] as const) {
      it(`is made with the connection that the ${who} has expected it with, and sends what there is by then`, async () => {
        const both = add(...pair());
        const [one, two] = [both[which]!, both[1 - which]!];
        const [red, blue] = [draw('red'), draw('blue')];
        const iceServers = [{ urls: 'stun:127.0.0.1:3478' }];
        one.room.expect({ iceServers });
        one.room.expect();
        await until(() => one.connections.length === 1 && one.open === 0, 'awake');
        one.room.setStream(red);
        await until(() => one.connections[1]?.getSenders().length, 'a track in the connection');
        one.room.setStream(blue);
        await joinAll([one, two], { iceServers });
        expect(nameOf(await two.sees(one))).to.equal('blue');
        expect(one.connections.length).to.equal(2);
        expect(one.connections[1]!.getConfiguration().iceServers!.length).to.equal(1);
        expect(one.connections[1]!.getTransceivers().length).to.equal(2);
      });
    }

    it('is expected no longer once it was left', async () => {
      const [one] = add(new Member());
      one.room.setStream(draw('red'));
      one.room.expect();
      one.room.leave();
      await until(() => one.connections.length === 1 && one.open === 0, 'closed when it is made');
      one.room.expect();
      await until(() => one.open === 1, 'another');
      one.room.setSending({ direction: 'recvonly' });
      await until(() => one.open === 0, 'nothing to send');
      one.room.setSending({});
      await until(() => one.open === 1, 'something again');
      one.room.leave();
      await until(() => one.open === 0, 'closed');
    });

    it('fires the native events again with the id of the peer', async () => {
      const [one, two] = add(...pair());
      one.room.setStream(draw('red'));
      two.room.setStream(draw('blue'));
      await joinAll([one, two]);
      await one.connected(two);
      const track = one.events.find(({ type }) => type === 'track') as RTCTrackEvent & { peerId: string };
      expect(track.peerId).to.equal(two.id);
      expect(track instanceof RTCTrackEvent && track.track === track.receiver.track).to.equal(true);
      expect(track.streams.length).to.equal(1);
      const ice = one.events.find(({ type }) => type === 'icecandidate') as RTCPeerConnectionIceEvent;
      expect(ice instanceof RTCPeerConnectionIceEvent && ice.candidate instanceof RTCIceCandidate).to.equal(
        true,
      );
      for (const type of ['iceconnectionstatechange', 'connectionstatechange', 'signalingstatechange']) {
        expect(one.count(type), type).to.be.above(0);
      }
      one.room.getPeerConnection(two.id)!.createDataChannel('test');
      const channel = await until(
        () => two.events.find(({ type }) => type === 'datachannel') as RTCDataChannelEvent | undefined,
      );
      expect(channel.channel.label).to.equal('test');
      expect(one.count('negotiationneeded')).to.equal(1);
      expect(one.events.some(({ bubbles }) => bubbles)).to.equal(false);
    });

    it('fires again what is wrong with a server, with the id of the peer', async () => {
      const [one, two] = add(...pair());
      const urls = 'turn:127.0.0.1:65535?transport=tcp';
      // Over the relay alone: otherwise they may meet before Chromium has given it up.
      await joinAll([one, two], {
        iceServers: [{ urls, username: 'ann', credential: 'secret' }],
        iceTransportPolicy: 'relay',
      });
      const error = await until(
        () => one.events.find(({ type }) => type === 'icecandidateerror'),
        'what is wrong with the server',
        20_000,
      );
      const { peerId, url, errorCode } = error as RTCPeerConnectionIceErrorEvent & { peerId: string };
      expect(error instanceof RTCPeerConnectionIceErrorEvent).to.equal(true);
      expect([peerId, url.startsWith('turn:127.0.0.1:65535'), errorCode > 0]).to.deep.equal([
        two.id,
        true,
        true,
      ]);
    });

    it('connects three, and one who comes late', async () => {
      const three = add(new Member(), new Member(), new Member());
      for (const member of three) member.room.setStream(draw('red'));
      const signaling = await joinAll(three);
      await until(() => three.every(({ state }) => state.peers.length === 2), 'all three know each other');
      const late = add(new Member())[0]!;
      expect(late.state.status).to.equal('idle');
      late.room.setStream(draw('blue'));
      await joinAll([late], { signaling });
      for (const member of three) {
        expect(nameOf(await member.sees(late))).to.equal('blue');
        expect(nameOf(await late.sees(member))).to.equal('red');
      }
      expect(late.state.peers.length).to.equal(3);
    });

    it('connects those who send nothing, and says who they are', async () => {
      const [one, two] = add(...pair());
      const signaling = new MemorySignaling();
      await one.room.join({ signaling, room: 'test', name: 'Ann' });
      expect(one.state.status).to.equal('waiting');
      await two.room.join({ signaling, room: 'test', name: `<b>${'😀'.repeat(80)}` });
      const peer = await one.connected(two);
      expect(peer.name).to.equal(`<b>${'😀'.repeat(61)}`);
      expect((await two.connected(one)).name).to.equal('Ann');
      expect([peer.stream, peer.audio, peer.video]).to.deep.equal([null, false, false]);
    });

    it('keeps rooms apart, and hashes what is no identifier', async () => {
      const signaling = new MemorySignaling();
      const rooms = ['a/#+b', 'a/#+b', 'x'.repeat(10_000), 'other'];
      const all = rooms.map(() => new Member());
      add(...all);
      await Promise.all(all.map(({ room }, index) => room.join({ signaling, room: rooms[index]! })));
      await until(() => all[0]!.state.peers.length === 1 && all[1]!.state.peers.length === 1);
      expect(all.map(({ state }) => state.peers.length)).to.deep.equal([1, 1, 0, 0]);
    });
  });

  describe('joining and leaving', () => {
    it('tells the others at once', async () => {
      const [one, two] = add(...pair());
      await joinAll([one, two]);
      await one.connected(two);
      const start = performance.now();
      two.room.leave();
      expect(two.state.status).to.equal('left');
      expect(two.state.peers.length).to.equal(0);
      expect(two.open).to.equal(0);
      await until(() => one.state.peers.length === 0, 'left');
      expect(performance.now() - start).to.be.below(1000);
      expect(one.state.status).to.equal('waiting');
      const joined = one.events.find(({ type }) => type === 'peer-join') as PeerJoinEvent;
      const left = one.events.find(({ type }) => type === 'peer-leave') as PeerLeaveEvent;
      expect([joined.peer.id, left.peer.id]).to.deep.equal([two.id, two.id]);
    });

    it('says goodbye when the page goes away, and can join again', async () => {
      const [one, two] = add(...pair());
      await joinAll([one, two]);
      await one.connected(two);
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      expect([one.state.status, two.state.status]).to.deep.equal(['left', 'left']);
      expect([one.open, two.open]).to.deep.equal([0, 0]);
      await joinAll([one, two]);
      await one.connected(two);
    });

    it('is one join however often it is asked for', async () => {
      const [one] = add(new Member());
      const signaling = new MemorySignaling();
      const first = one.room.join({ signaling, room: 'test' });
      expect(one.room.join({ signaling, room: 'other' }) === first).to.equal(true);
      expect(one.state.status).to.equal('joining');
      await first;
      expect(one.room.join({ signaling, room: 'test' }) === first).to.equal(true);
    });

    it('joins once when a listener of its first change asks again', async () => {
      const [one] = add(new Member());
      const options = { signaling: new MemorySignaling(), room: 'test' };
      let again: Promise<void> | undefined;
      one.room.store.subscribe(() => (again = one.room.join(options)));
      const first = one.room.join(options);
      await first;
      expect(again === first).to.equal(true);
    });

    it('does nothing when it is left before it is joined', () => {
      const [one] = add(new Member());
      one.room.leave();
      expect(one.state.status).to.equal('idle');
    });

    it('is left in the middle of joining, and joins again', async () => {
      const [one, two] = add(...pair());
      const signaling = new MemorySignaling();
      for (const room of ['test', 'needs hashing']) {
        const joining = one.room.join({ signaling, room });
        one.room.leave();
        expect((await errorOf(joining)).code).to.equal('aborted');
        expect([one.state.status, one.open, one.clock.pending]).to.deep.equal(['idle', 0, 0]);
      }
      await joinAll([one, two], { signaling });
      await one.connected(two);
      two.room.leave();
      await joinAll([two], { signaling });
      await until(() => one.count('peer-join') === 2, 'joined again');
      await one.connected(two);
    });

    it('closes a way to the room that opens too late', async () => {
      const [one] = add(new Member());
      let closed = 0;
      let open!: () => void;
      const opened = new Promise<void>((resolve) => (open = resolve));
      const signaling: Signaling = {
        async open() {
          await opened;
          return { announce() {}, send() {}, close: () => closed++ };
        },
      };
      const joining = one.room.join({ signaling, room: 'test' });
      await until(() => one.connections.length === 1);
      one.room.leave();
      open();
      expect((await errorOf(joining)).code).to.equal('aborted');
      expect(closed).to.equal(1);
    });

    it('refuses what cannot be a room', async () => {
      const [one] = add(new Member());
      const signaling = new MemorySignaling();
      const wrong = [
        { room: '' },
        { room: 'a', maxPeers: 1 },
        { room: 'a', iceServers: [{ urls: 'http://not-a-stun-server' }] },
      ];
      for (const options of wrong) {
        const error = await errorOf(one.room.join({ signaling, ...options }));
        expect(error.code).to.equal('bad-input');
        expect([one.state.status, one.open]).to.deep.equal(['idle', 0]);
      }
      await one.room.join({ signaling, room: 'a' });
    });

    it('passes on why the way to the room does not open', async () => {
      const [one] = add(new Member());
      const open = (thrown: Error): Signaling => ({ open: () => Promise.reject(thrown) });
      const refused = new MediaKitError('signaling-refused', 'No.');
      const one1 = await errorOf(one.room.join({ signaling: open(refused), room: 'a' }));
      expect(one1 === refused).to.equal(true);
      const one2 = await errorOf(one.room.join({ signaling: open(new TypeError('x')), room: 'a' }));
      expect(one2.code).to.equal('signaling-unreachable');
      expect(one.state.status).to.equal('idle');
    });

    it('is let in where its presence comes back within the announcement', async () => {
      const [one] = add(new Member());
      const signaling: Signaling = {
        open: async ({ peer }, handlers) => ({
          announce: (payload) => handlers.presence(peer, payload),
          send() {},
          close() {},
        }),
      };
      await one.room.join({ signaling, room: 'a' });
      expect(one.state.status).to.equal('waiting');
    });

    it('is refused where its presence does not come back', async () => {
      const [one] = add(new Member({ speed: 10 }));
      const signaling: Signaling = { open: async () => ({ announce() {}, send() {}, close() {} }) };
      const joining = one.room.join({ signaling, room: 'a' });
      expect((await errorOf(joining)).code).to.equal('signaling-refused');
      expect([one.state.status, one.open, one.clock.pending]).to.deep.equal(['idle', 0, 0]);
    });

    it('counts what the transport could not hand on, and ends with the reason when the way is closed for good', async () => {
      const [one] = add(new Member());
      let handlers!: SignalingHandlers;
      const memory = new MemorySignaling();
      const signaling: Signaling = {
        open: (address, given, signal) => memory.open(address, (handlers = given), signal),
      };
      await one.room.join({ signaling, room: 'a' });
      handlers.ignored?.();
      await until(() => one.state.ignored === 1);
      const refused = new MediaKitError('signaling-refused', 'No more.');
      handlers.failed?.(refused);
      const error = one.events.find(({ type }) => type === 'error') as ErrorEvent;
      expect(error.error === refused).to.equal(true);
      expect([one.state.status, one.open]).to.deep.equal(['left', 0]);
    });

    it('ends with the reason also when the way is closed in the moment in which it is let in', async () => {
      const [one] = add(new Member());
      let [handlers, id]: [SignalingHandlers | null, string] = [null, ''];
      const announce = (payload: Uint8Array): void => {
        one.clock.after(100, () => {
          handlers!.presence(id, payload);
          handlers!.failed!(new MediaKitError('signaling-refused', 'No more.'));
        });
      };
      const signaling: Signaling = {
        open: async ({ peer }, given) => {
          [handlers, id] = [given, peer];
          return { announce, send() {}, close() {} };
        },
      };
      await one.room.join({ signaling, room: 'a' });
      await until(() => one.errors.length, 'the error');
      expect([one.errors[0]!.code, one.state.status, one.open]).to.deep.equal([
        'signaling-refused',
        'left',
        0,
      ]);
    });

    it('turns the newcomer away from a full room', async () => {
      const [one, two] = add(...pair());
      const signaling = await joinAll([one, two], { maxPeers: 2 });
      await one.connected(two);
      // Whoever is on the way in does not count as inside for its first 2 s.
      const end = one.clock.now() + 2500;
      await until(() => one.clock.now() > end, 'both are inside');
      // Whatever its id.
      for (let again = 0; again < 4; again++) {
        const [third] = add(new Member());
        const error = await errorOf(third.room.join({ signaling, room: 'test', maxPeers: 2 }));
        expect(error.code).to.equal('room-full');
        expect([third.state.status, third.open]).to.deep.equal(['idle', 0]);
      }
      await until(() => one.state.peers.length === 1 && two.state.peers.length === 1);
      two.room.leave();
      const [next] = add(new Member());
      await joinAll([next], { signaling, maxPeers: 2 });
      await next.connected(one);
    });

    it('turns the newcomer away also when the others answer late', async () => {
      const [one, two, third] = add(...pair({ speed: 4 }), new Member({ speed: 4 }));
      const signaling = new Wire();
      await joinAll([one, two], { signaling, maxPeers: 2 });
      const end = one.clock.now() + 2500;
      await until(() => one.clock.now() > end && one.peer(two) && two.peer(one), 'both are inside');
      signaling.alter = (frame, to) => (to === third.id ? null : frame);
      await joinAll([third], { signaling, maxPeers: 2 });
      expect(third.state.status).to.equal('waiting');
      signaling.alter = (frame) => frame;
      await until(() => third.errors.length, 'turned away');
      expect([third.errors[0]!.code, third.state.status, third.open]).to.deep.equal(['room-full', 'left', 0]);
      await until(() => one.state.peers.length === 1 && two.state.peers.length === 1);
    });

    it('lets the newcomer in as soon as somebody leaves', async () => {
      const clock = new FakeClock();
      const [one, two, third] = add(...pair(), new Member({ clock }));
      const signaling = new Wire();
      await joinAll([one, two], { signaling, maxPeers: 2 });
      signaling.alter = (frame, to) => (to === third.id && frame.t !== 'bye' ? null : frame);
      // Of newcomers the smaller ids come first.
      const joined = joinAll([third], { signaling, maxPeers: 2, id: 'zzzz' });
      const isSeen = (): boolean => {
        clock.advance(0);
        return third.open === 2;
      };
      await until(isSeen, 'both are seen');
      expect(third.state.status).to.equal('joining');
      two.room.leave();
      await joined;
    });

    it('lets in no more than fit when one comes while the other is still on the way in', async () => {
      const signaling = new MemorySignaling();
      const all = Array.from({ length: 4 }, () => new Member({ speed: 2 }));
      add(...all);
      await Promise.allSettled(
        all.map(async ({ room, clock }, index) => {
          await new Promise<void>((resolve) => void clock.after(index * 900, resolve));
          return room.join({ signaling, room: 'test', maxPeers: 3 });
        }),
      );
      const end = all[0]!.clock.now() + 2500;
      await until(() => all[0]!.clock.now() > end, 'nobody is on the way in');
      const inside = all.filter(({ state }) => state.status !== 'idle' && state.status !== 'left');
      expect(inside.map(({ state }) => state.peers.length)).to.deep.equal([2, 2, 2]);
    });

    it('lets in as many as fit when all come at once', async () => {
      const signaling = new MemorySignaling();
      const all = Array.from({ length: 5 }, () => new Member());
      add(...all);
      const joined = await Promise.allSettled(
        all.map(({ room }) => room.join({ signaling, room: 'test', maxPeers: 3 })),
      );
      const inside = all.filter(({ state }) => !['idle', 'left'].includes(state.status));
      const smallest = all
        .map(({ id }) => id)
        .sort()
        .slice(0, 3);
      expect(joined.length).to.equal(5);
      expect(inside.map(({ id }) => id).sort()).to.deep.equal(smallest);
    });
  });

  it('leaves nothing behind after 20 calls', async function () {
    this.timeout(60_000);
    const [one, two] = add(...pair());
    const camera = draw('red');
    for (let call = 1; call <= 20; call++) {
      one.room.setStream(camera);
      await joinAll([one, two]);
      if (call % 2) await two.connected(one);
      one.room.leave();
      two.room.leave();
      expect([one.open, two.open, one.clock.pending, two.clock.pending]).to.deep.equal([0, 0, 0, 0]);
    }
    expect(camera.getTracks()[0]!.readyState).to.equal('live');
  });

  it('is collected when it was left', async function () {
    const { gc } = globalThis as { gc?: () => void };
    if (!gc) return this.skip();
    const references: WeakRef<Room>[] = [];
    await (async () => {
      const [one, two] = pair();
      await joinAll([one, two]);
      await one.connected(two);
      one.room.release();
      two.room.release();
      references.push(new WeakRef(one.room), new WeakRef(two.room));
    })();
    await until(() => {
      gc();
      return references.every((reference) => reference.deref() === undefined);
    }, 'collected');
  });
});
