import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import {
  beginNegotiation,
  negotiate,
  type NegotiationInput,
} from '../../../components/engine/call/negotiator.js';

type Description = {
  readonly type: 'offer' | 'answer' | 'asked';
  readonly wishes: readonly [number, number];
};
type Task = { readonly input: NegotiationInput; readonly description?: Description };

/**
 * A connection as far as negotiation goes: each side has a wish (a count of its changes), a description carries it,
 * and the browser asks for an offer when it is stable and something was not agreed on. What begins to send is fresh until
 * it was in two answers, or in one offer that was answered.
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
  #fresh = 0;
  /** Whether something fresh is in the offer that is out. */
  #risky = false;
  #running: (() => void) | null = null;

  constructor(readonly polite: boolean) {
    this.state = beginNegotiation(polite);
    if (!polite) this.change();
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  change(fresh = false): void {
    this.wish++;
    if (fresh) this.#fresh = 2;
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
    const input = task.input === 'needed' && this.#fresh > 0 ? 'fresh' : task.input;
    const [step, state] = negotiate(this.state, this.signaling, input);
    const { settled } = this.state;
    this.state = state;
    this.#running = this.#effect(step, task.description, settled);
  }

  #ask(): void {
    if (this.signaling === 'stable' && this.wish !== this.agreed[0]) this.tasks.push({ input: 'needed' });
  }

  #effect(step: string, description: Description | undefined, settled: boolean): () => void {
    switch (step) {
      case 'ask':
        return () => void this.outbox.push({ type: 'asked', wishes: this.agreed });
      case 'make-offer': {
        // Chromium, the one that minds, offers what is there when it is asked to.
        const { wish } = this;
        this.#risky = this.#fresh > 0;
        return () => {
          this.offers++;
          this.signaling = 'have-local-offer';
          this.outbox.push({ type: 'offer', wishes: [wish, this.agreed[1]] });
        };
      }
      case 'accept-offer':
        return () => {
          if (this.signaling === 'have-local-offer') {
            this.rollbacks++;
            if (!settled) throw new Error('an offer was taken back before the second agreement');
            if (this.#risky) throw new Error('an offer with something fresh was taken back');
          }
          this.signaling = 'stable';
          this.agreed = [this.wish, description!.wishes[0]];
          this.#fresh = Math.max(0, this.#fresh - 1);
          this.outbox.push({ type: 'answer', wishes: this.agreed });
          this.#ask();
        };
      case 'accept-answer':
        return () => {
          this.signaling = 'stable';
          this.agreed = [description!.wishes[1], description!.wishes[0]];
          if (this.#risky) this.#fresh = 0;
          this.#ask();
        };
      default:
        return () => {};
    }
  }
}

describe('negotiate', function () {
  this.retries(0);
  it('knows what to do in every case', () => {
    const cases: [
      polite: boolean,
      offers: 0 | 1 | 2,
      signaling: RTCSignalingState,
      NegotiationInput,
      string,
    ][] = [
      [false, 0, 'stable', 'needed', 'make-offer'],
      [true, 0, 'stable', 'needed', 'wait'],
      [true, 1, 'stable', 'needed', 'ask'],
      [true, 2, 'stable', 'needed', 'make-offer'],
      [true, 0, 'stable', 'fresh', 'wait'],
      [true, 2, 'stable', 'fresh', 'ask'],
      [true, 2, 'have-local-offer', 'fresh', 'wait'],
      [false, 2, 'stable', 'fresh', 'make-offer'],
      [false, 1, 'stable', 'needed', 'make-offer'],
      [false, 1, 'stable', 'asked', 'make-offer'],
      [false, 1, 'have-local-offer', 'asked', 'wait'],
      [false, 2, 'have-local-offer', 'needed', 'wait'],
      [true, 2, 'have-remote-offer', 'needed', 'wait'],
      [false, 2, 'have-local-offer', 'offer', 'ignore'],
      [true, 2, 'have-local-offer', 'offer', 'accept-offer'],
      [false, 2, 'stable', 'offer', 'accept-offer'],
      [true, 0, 'stable', 'offer', 'accept-offer'],
      [false, 2, 'have-local-offer', 'answer', 'accept-answer'],
      [true, 2, 'stable', 'answer', 'ignore'],
      [false, 0, 'stable', 'answer', 'ignore'],
      [false, 2, 'closed', 'needed', 'wait'],
    ];
    for (const [polite, offers, signaling, input, expected] of cases) {
      const before = { polite, begun: offers > 0, settled: offers > 1, ignoring: false };
      const [step, state] = negotiate(before, signaling, input);
      expect(step, `${String(polite)} ${offers} ${signaling} ${input}`).to.equal(expected);
      expect(state.ignoring).to.equal(step === 'ignore' && input === 'offer');
    }
    const lost = { polite: false, begun: true, settled: true, ignoring: true };
    expect(negotiate(lost, 'stable', 'offer')[1].ignoring).to.equal(false);
  });

  it('agrees on every change of both sides, however they interleave', () => {
    let rollbacks = 0;
    const anyMove = fc.oneof(
      { weight: 60, arbitrary: fc.integer({ min: 0, max: 5 }) },
      { weight: 1, arbitrary: fc.constant(6) },
    );
    fc.assert(
      fc.property(fc.array(anyMove, { maxLength: 120, size: 'max' }), (moves) => {
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
          () => two.change(true),
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
      // Something fresh came while an offer was made, which then crossed another.
      { numRuns: 3000, examples: [[[2, 2, 5, 3, 0, 3, 4, 2, 2, 2, 2, 5, 3, 3, 1, 3, 6, 4, 2, 0]]] },
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
