/** What is known of one voice. */
export interface Voice {
  readonly speaking: boolean;
  /** How loud it has been of late: the mean of about a second, 0–1. */
  readonly level: number;
  /** When it was heard last, in ms. */
  readonly heard: number;
  /** Since when it has been loud at every look, in ms; null while it is not. */
  readonly since: number | null;
  /** When it was looked at last, in ms. */
  readonly at: number;
}

// −34 and −40 dB: speech is well above, a room's noise below.
const BEGINS = 0.02;
const GOES_ON = 0.01;
/** A knock is shorter. */
const CONFIRMED = 150;
/** A pause between words is shorter. */
const PAUSE = 1000;
/** How long the mean of a level is, and so how soon somebody louder takes over. */
const MEAN = 1000;
const LOUDER = 1.5;

/** A voice that has not been heard yet. */
export function beginVoice(at: number): Voice {
  return { speaking: false, level: 0, heard: -Infinity, since: null, at };
}

/** The voice after one more look at its level (0–1). */
export function hear(voice: Voice, level: number, at: number): Voice {
  const loud = level >= (voice.speaking ? GOES_ON : BEGINS);
  const since = loud ? (voice.since ?? at) : null;
  const heard = loud ? at : voice.heard;
  return {
    speaking: voice.speaking ? at - heard < PAUSE : since !== null && at - since >= CONFIRMED,
    level: level + (voice.level - level) * Math.exp((voice.at - at) / MEAN),
    heard,
    since,
    at,
  };
}

/** Who speaks: the one who did, unless somebody else is clearly louder; null when nobody does. */
export function chooseSpeaker(current: string | null, voices: ReadonlyMap<string, Voice>): string | null {
  let speaker: string | null = null;
  let most = -1;
  for (const [id, { speaking, level }] of voices) {
    const weight = id === current ? level * LOUDER : level;
    if (!speaking || weight <= most) continue;
    speaker = id;
    most = weight;
  }
  return speaker;
}
