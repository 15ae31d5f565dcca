import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import {
  beginNegotiation,
  negotiate,
  type NegotiationInput,
} from '../../../components/engine/call/negotiator.js';

type Description = { readonly type: 'offer' | 'answer'; readonly wishes: readonly [number, number] };
type Task = { readonly input: NegotiationInput; readonly description?: Description };

/**
 * A connection as far as negotiation goes: each side has a wish (a count of its changes), a description carries it,
 * and the browser asks for an offer when it is stable and something was not agreed on.
 */
class Side {
  state;
  signaling: RTCSignalingState = 'stable';
  wish = 0;
  /** The wishes of both sides that were agreed on, own first. */
  agreed: readonly [number, number] = [0, 0];
  readonly tasks: Task[] = [];
  readonly outbox: Description[] = [];
  offers = 0;
  rollbacks = 0;
  #running: (() => void) | null = null;

  constructor(readonly polite: boolean) {
    this.state = beginNegotiation(polite);
    if (!polite) this.change();
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  change(): void {
    this.wish++;
    this.#ask();
  }

  /** Begins the next task, or ends the one that runs: others may act between the two. */
  step(): void {
    if (this.#running) {
      const done = this.#running;
      this.#running = null;
      done();
      return;
    }
    const task = this.tasks.shift();
    if (!task) return;
    const [step, state] = negotiate(this.state, this.signaling, task.input);
    const { begun } = this.state;
    this.state = state;
    this.#running = this.#effect(step, task.description, begun);
  }

  #ask(): void {
    if (this.signaling === 'stable' && this.wish !== this.agreed[0]) this.tasks.push({ input: 'needed' });
  }

  #effect(step: string, description: Description | undefined, begun: boolean): () => void {
    switch (step) {
      case 'make-offer':
        return () => {
          this.offers++;
          this.signaling = 'have-local-offer';
          this.outbox.push({ type: 'offer', wishes: [this.wish, this.agreed[1]] });
        };
      case 'accept-offer':
        return () => {
          if (this.signaling === 'have-local-offer') {
            this.rollbacks++;
            if (!begun) throw new Error('the first offer was taken back');
          }
          this.signaling = 'stable';
          this.agreed = [this.wish, description!.wishes[0]];
          this.outbox.push({ type: 'answer', wishes: this.agreed });
          this.#ask();
        };
      case 'accept-answer':
        return () => {
          this.signaling = 'stable';
          this.agreed = [description!.wishes[1], description!.wishes[0]];
          this.#ask();
        };
      default:
        return () => {};
    }
  }
}

describe('negotiate', () => {
  it('knows what to do in every case', () => {
    const cases: [polite: boolean, begun: boolean, signaling: RTCSignalingState, NegotiationInput, string][] =
      [
        [false, false, 'stable', 'needed', 'make-offer'],
        [true, false, 'stable', 'needed', 'wait'],
        [true, true, 'stable', 'needed', 'make-offer'],
        [false, true, 'have-local-offer', 'needed', 'wait'],
        [true, true, 'have-remote-offer', 'needed', 'wait'],
        [false, true, 'have-local-offer', 'offer', 'ignore'],
        [true, true, 'have-local-offer', 'offer', 'accept-offer'],
        [false, true, 'stable', 'offer', 'accept-offer'],
        [true, false, 'stable', 'offer', 'accept-offer'],
        [false, true, 'have-local-offer', 'answer', 'accept-answer'],
        [true, true, 'stable', 'answer', 'ignore'],
        [false, false, 'stable', 'answer', 'ignore'],
        [false, true, 'closed', 'needed', 'wait'],
      ];
    for (const [polite, begun, signaling, input, expected] of cases) {
      const [step, state] = negotiate({ polite, begun, ignoring: false }, signaling, input);
      expect(step, `${String(polite)} ${String(begun)} ${signaling} ${input}`).to.equal(expected);
      expect(state.ignoring).to.equal(step === 'ignore' && input === 'offer');
    }
    expect(negotiate({ polite: false, begun: true, ignoring: true }, 'stable', 'offer')[1].ignoring).to.equal(
      false,
    );
  });

  it('agrees on every change of both sides, however they interleave', () => {
    let rollbacks = 0;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 120 }), (moves) => {
        const one = new Side(false);
        const two = new Side(true);
        const toOne: Description[] = [];
        const toTwo: Description[] = [];
        const carry = (from: Side, way: Description[]): void => void way.push(...from.outbox.splice(0));
        const hear = (side: Side, way: Description[]): void => {
          const description = way.shift();
          if (description) side.tasks.push({ input: description.type, description });
        };
        const actions = [
          () => one.change(),
          () => two.change(),
          () => one.step(),
          () => two.step(),
          () => hear(one, toOne),
          () => hear(two, toTwo),
        ];
        const move = (index: number): void => {
          actions[index]!();
          carry(one, toTwo);
          carry(two, toOne);
        };
        for (const index of moves) move(index);
        // Nothing changes any more: it comes to rest.
        for (let rest = 0; rest < 400; rest++) for (let index = 2; index < 6; index++) move(index);
        for (const side of [one, two]) {
          expect([side.signaling, side.busy, side.tasks.length]).to.deep.equal(['stable', false, 0]);
        }
        expect(one.agreed).to.deep.equal([one.wish, two.wish]);
        expect(two.agreed).to.deep.equal([two.wish, one.wish]);
        expect(one.rollbacks, 'the impolite side takes nothing back').to.equal(0);
        rollbacks += two.rollbacks;
      }),
      { numRuns: 3000 },
    );
    expect(rollbacks, 'offers did cross').to.be.above(0);
  });

  it('needs one offer for the first agreement', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.integer({ min: 0, max: 5 }), (early, changes) => {
        const one = new Side(false);
        const two = new Side(true);
        // The other side's tracks are there before the first offer comes.
        for (let change = 0; change < changes; change++) two.change();
        if (early) for (let step = 0; step < 20; step++) two.step();
        for (let round = 0; round < 20; round++) {
          for (const [from, to] of [
            [one, two],
            [two, one],
          ] as const) {
            for (let step = 0; step < 20; step++) from.step();
            for (const description of from.outbox.splice(0))
              to.tasks.push({ input: description.type, description });
          }
        }
        expect([one.offers, two.offers]).to.deep.equal([1, 0]);
        expect(two.agreed).to.deep.equal([two.wish, one.wish]);
      }),
    );
  });
});
