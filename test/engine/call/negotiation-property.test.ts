import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { Conversation } from '../../../components/engine/call/conversation.js';
import type { Frame } from '../../../components/engine/call/frames.js';
import type { LocalMedia } from '../../../components/engine/call/local-media.js';
import { Peer } from '../../../components/engine/call/peer.js';
import { RemoteMedia } from '../../../components/engine/call/remote-media.js';
import { ModelConnection } from './model-connection.js';
import { FakeClock } from './support.js';

/** What a failure prints as `seed` and `path`, put in here, replays it: `{ seed: 1, path: '2:0' }`. */
const REPLAY: { readonly seed?: number; readonly path?: string } = {};
const SEEDS = 3000;

const kinds = ['audio', 'video'] as const;
const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

/** A small generator of numbers from 0 to 1 that a seed repeats. */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The kit's own connection and conversation, over a model of the browser's connection. */
class Side {
  readonly connection: ModelConnection;
  readonly conversation: Conversation;
  readonly peer: Peer;
  ignored = 0;
  readonly errors: unknown[] = [];

  constructor(
    readonly name: string,
    other: string,
    readonly polite: boolean,
    clock: FakeClock,
    chance: () => number,
    transmit: (frame: Frame) => void,
  ) {
    this.connection = new ModelConnection(name, clock, chance);
    this.conversation = new Conversation({
      sid: name,
      peerSid: other,
      retired: new Set(),
      anew: false,
      clock,
      transmit,
      deliver: (type, body) =>
        type === 'restart' ? this.peer.restartIce(true) : this.peer.receive(type, structuredClone(body)),
      answered: () => {},
      disordered: () => {},
      // As when its presence is announced again.
      unreachable: () => void clock.after(1000, () => this.conversation.resume()),
      overflowed: () => this.errors.push('overflowed'),
    });
    // What is added here stands for all that the senders would add.
    const media = { outgoing: [], sending: {}, tuning: Promise.resolve(null) } as unknown as LocalMedia;
    this.peer = new Peer({
      id: other,
      polite,
      number: 1,
      connection: this.connection as unknown as RTCPeerConnection,
      media,
      remote: new RemoteMedia(() => {}),
      crowd: () => 1,
      clock,
      send: (type, body) => this.conversation.send(type, body),
      dispatch: () => {},
      changed: () => {},
      ignored: () => this.ignored++,
      failed: (error) => this.errors.push(error),
    });
  }

  /** A wish of the page: another track, another direction, another try. */
  act(what: number, which: number): void {
    if (what < 2) this.connection.addTransceiver(kinds[what]!, { direction: directions[which % 3]! });
    else if (what < 6) this.connection.direct(which, directions[what - 2]!);
    else if (this.polite) this.conversation.send('restart', { c: 1 });
    else this.peer.restartIce(false);
  }
}

interface Plan {
  readonly seed: number;
  readonly loss: number;
  readonly delay: number;
  readonly actions: readonly (readonly [at: number, second: boolean, what: number, which: number])[];
}

/** What no offer had a place for in two answers begins to send where offers cross. */
const unplaced: Plan = {
  seed: 289221833,
  loss: 0,
  delay: 800,
  actions: [
    [0, true, 0, 0],
    [1490, false, 0, 0],
    [1695, true, 4, 0],
    [1723, true, 2, 0],
    [970, true, 6, 0],
  ],
};

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 24; turn++) await Promise.resolve();
}

async function play({
  seed,
  loss,
  delay,
  actions,
}: Plan): Promise<{ sides: readonly [Side, Side]; steps: number }> {
  const clock = new FakeClock();
  const chance = random(seed);
  const wire = (to: () => Side) => (frame: Frame) => {
    for (const copy of chance() < 0.15 ? [1, 2] : [1]) {
      if (chance() < loss) continue;
      clock.after(chance() * delay * copy, () => void to().conversation.receive(frame));
    }
  };
  const one: Side = new Side(
    'a',
    'b',
    false,
    clock,
    chance,
    wire(() => two),
  );
  const two: Side = new Side(
    'b',
    'a',
    true,
    clock,
    chance,
    wire(() => one),
  );
  for (const [at, second, what, which] of actions) {
    clock.after(at, () => (second ? two : one).act(what, which));
  }
  let steps = 0;
  await settle();
  while (clock.step() && steps++ < 5000) await settle();
  return { sides: [one, two], steps };
}

describe('negotiation', function () {
  this.retries(0);
  it('ends stable on both sides with the same m-lines, whatever both want and whatever the wire does', async function () {
    this.timeout(150_000);
    // Another try would take other seeds, and say nothing of the one that failed.
    this.retries(0);
    let crossed = 0;
    let lost = 0;
    const action = fc.tuple(
      fc.integer({ min: 0, max: 3000 }),
      fc.boolean(),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 5 }),
    );
    const plan = fc.record<Plan>({
      seed: fc.integer(),
      loss: fc.constantFrom(0, 0.1, 0.3),
      delay: fc.constantFrom(1, 50, 800),
      actions: fc.array(action, { maxLength: 14 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async (given) => {
        const { sides, steps } = await play(given);
        const [one, two] = sides;
        expect(steps, 'it comes to rest').to.be.below(5000);
        for (const { connection, errors, ignored } of sides) {
          expect(
            [connection.signalingState, connection.settled],
            'nothing is left to agree on',
          ).to.deep.equal(['stable', true]);
          expect(connection.violations, 'what no browser takes').to.deep.equal([]);
          expect([errors.length, ignored]).to.deep.equal([0, 0]);
        }
        expect(one.connection.rollbacks, 'the impolite side takes nothing back').to.equal(0);
        const [a, b] = [one.connection.agreed, two.connection.agreed];
        expect(a.lines).to.equal(b.lines);
        expect(a.ice, 'the same generation of ICE').to.deep.equal([...b.ice].reverse());
        for (const { mid, currentDirection } of one.connection.transceivers) {
          const other = two.connection.transceivers.find((transceiver) => transceiver.mid === mid);
          const sends = (direction: string | null | undefined): boolean => !!direction?.startsWith('send');
          const receives = (direction: string | null | undefined): boolean => !!direction?.includes('recv');
          expect(sends(currentDirection), mid ?? 'no mid').to.equal(receives(other?.currentDirection));
          expect(receives(currentDirection), mid ?? 'no mid').to.equal(sends(other?.currentDirection));
        }
        crossed += two.connection.rollbacks;
        if (given.loss > 0) lost++;
      }),
      { numRuns: SEEDS, examples: [[unplaced]], ...REPLAY },
    );
    if (REPLAY.path !== undefined) return;
    expect(crossed, 'offers did cross').to.be.above(100);
    expect(lost, 'frames did get lost').to.be.above(100);
  });
});
