import type { QualityScore } from '../engine/call/quality.js';

/** Fired by the figures of a call when `score` is another. Does not bubble. */
export class ScoreChangeEvent extends Event {
  /** How well the worst connection works. */
  readonly score: QualityScore;

  constructor(score: QualityScore) {
    super('score-change');
    this.score = score;
  }
}

declare global {
  interface GlobalEventHandlersEventMap {
    'score-change': ScoreChangeEvent;
  }
}
