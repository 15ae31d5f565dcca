import type { Clock } from '../../clock.js';
import type { MqttCredentials } from './packets.js';

const ASKING = 10_000;
/** So long before its credentials end, or a quarter of their time, a connection is replaced by the next one, in ms. */
const AHEAD = 30_000;
/** Credentials for less are not renewed, so that a clock that is wrong has nobody come again and again. */
const SHORTEST = 10_000;
const LONGEST_TIMER = 2 ** 31 - 1;

/** A question to the page who we are to the broker. */
export interface Question {
  /** Rejects where nothing comes in time. */
  readonly answer: Promise<MqttCredentials>;
  /** Nobody waits for the answer any longer. */
  readonly cancel: () => void;
}

export function questionOf(ask: () => MqttCredentials | Promise<MqttCredentials>, clock: Clock): Question {
  let cancel!: () => void;
  const late = new Promise<never>((_, reject) => {
    cancel = clock.after(ASKING, () => reject(new Error('no credentials came in time')));
  });
  const given = (async () => ({ ...(await ask()) }))();
  return { answer: Promise.race([late, given]).finally(cancel), cancel };
}

/** How many ms before their end credentials that hold for `left` ms are renewed; null: not at all. */
export function renewedBefore(left: number): number | null {
  return left < SHORTEST || left > LONGEST_TIMER ? null : Math.min(AHEAD, left / 4);
}
