import { expect } from '@open-wc/testing';
import { PeerMessageEvent } from '../../../components/engine/call/data/events.js';
import { until } from '../../support/wait.js';
import { joinAll, type Member, nameOf, pair, picture, tone } from './support.js';

/** Each is another course of what happens; another number here replays the one that a failure names. */
const SEEDS = [2, 9, 17];
const STEPS = 60;
const BREAKS = 3;

/** A small generator of numbers from 0 to 1 that a seed repeats. */
function random(seed: number): () => number {
  let state = seed * 7919;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('a call in which anything happens at once', function () {
  this.timeout(60_000);
  const members: Member[] = [];
  const borrowed: { stop(): void }[] = [];
  const rejections: string[] = [];
  const rejected = ({ reason }: PromiseRejectionEvent): void => void rejections.push(String(reason));
  const lend = <T extends { stop(): void }>(stream: T): T => {
    borrowed.push(stream);
    return stream;
  };
  const tracks = (one: Member, other: Member): string =>
    (one.peer(other)?.stream?.getTracks() ?? [])
      .map(({ kind, readyState }) => `${kind} ${readyState}`)
      .join();
  const messages = ({ events }: Member): PeerMessageEvent[] =>
    events.filter((event) => event instanceof PeerMessageEvent);

  before(() => addEventListener('unhandledrejection', rejected));
  // What a try that failed has left undone says nothing of the next.
  beforeEach(() => void rejections.splice(0));
  afterEach(() => {
    for (const { room } of members.splice(0)) room.release();
    for (const stream of borrowed.splice(0)) stream.stop();
  });
  after(() => removeEventListener('unhandledrejection', rejected));

  for (const seed of SEEDS) {
    it(`comes to rest as both want it in the end, and loses nothing that was said (seed ${seed})`, async () => {
      const next = random(seed);
      const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
      const both = pair();
      members.push(...both);
      const [one, other] = both;
      const [red, blue, green, sound] = [
        lend(picture('red')),
        lend(picture('blue')),
        lend(picture('green')),
        lend(tone()),
      ];
      const sounding = (stream: MediaStream): MediaStream =>
        new MediaStream([...stream.getTracks(), ...sound.getTracks()]);
      const streams = [null, red, blue, sounding(red), sounding(blue), sound];
      const sent: Promise<unknown>[] = [];
      let said = 0;
      let breaks = 0;
      const happen = (self: Member, peer: Member): void => {
        const { room } = self;
        const what = next();
        if (what < 0.3) room.setScreen(pick([null, green, red]));
        else if (what < 0.55) room.setStream(pick(streams));
        else if (what < 0.65) room.setVideo(next() < 0.5);
        else if (what < 0.75) {
          const direction = pick(['sendrecv', 'sendonly', 'recvonly'] as const);
          room.setSending({ direction, maxBitrate: pick([null, 300_000]) });
        } else if (what < 0.85) room.restartIce();
        else if (what < 0.87 && breaks++ < BREAKS) room.getPeerConnection(peer.id)?.close();
        else if (what < 0.97) sent.push(room.send({ n: said++ }));
        else sent.push(room.sendFile(new Blob([new Uint8Array(700_000)])));
      };
      await joinAll(both);
      await Promise.all([one.connected(other), other.connected(one)]);
      for (let step = 0; step < STEPS; step++) {
        const [self, peer] = next() < 0.5 ? both : [other, one];
        happen(self, peer);
        // Some of it at once, some in the middle of what was before.
        if (next() < 0.5) await new Promise((resolve) => setTimeout(resolve, next() * 120));
      }
      for (const { room } of both) {
        room.setSending({});
        room.setVideo(true);
      }
      one.room.setStream(red);
      other.room.setStream(blue);
      one.room.setScreen(green);
      other.room.setScreen(null);
      const connected = (): boolean => both.every(({ state }) => state.status === 'connected');
      await until(connected, 'connected', 30_000);
      await until(() => one.peer(other)!.screen === null, 'no screen');
      await until(() => tracks(one, other) === 'video live', 'only a camera');
      await until(() => tracks(other, one) === 'video live', 'only a camera of the other');
      await until(async () => nameOf(await other.sees(one)) === 'red', 'red');
      await until(async () => nameOf(await one.sees(other)) === 'blue', 'blue');
      expect(nameOf(await other.sees(one, 'screen'))).to.equal('green');
      await Promise.all(sent);
      const heard = both.flatMap(messages).map(({ data }) => (data as { n: number }).n);
      expect(heard.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: said }, (_, n) => n));
      await until(() => both.every(({ open }) => open === 1), 'one connection each');
      expect([...one.errors, ...other.errors].map(String)).to.deep.equal([]);
      expect(rejections).to.deep.equal([]);
    });
  }
});
