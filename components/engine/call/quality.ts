import {
  changesBetween,
  silentTracks,
  type CandidatePair,
  type Change,
  type QualityLimitation,
  type Reading,
} from './reading.js';

export type { CandidatePair, QualityLimitation };

/** How well one direction of a connection works. */
export interface MediaQuality {
  /** Sound and pictures together without what wraps them, in bit/s; null where nothing has ever come through. */
  readonly bitrate: number | null;
  /** The part of the packets that was lost, 0–1, without those that came when sent again; null while none come. */
  readonly loss: number | null;
  /** How unevenly the packets arrive, in seconds; null while none come. */
  readonly jitter: number | null;
  /** Frames per second of the largest picture, 0 while there are none; null where there never was a picture. */
  readonly frameRate: number | null;
  /** Pixels of the largest picture; null while there are no frames. */
  readonly width: number | null;
  /** Pixels of the largest picture; null while there are no frames. */
  readonly height: number | null;
  /** The names of the codecs in use, as `opus` and `VP8`. */
  readonly codecs: readonly string[];
}

/**
 * One word for the screen. `poor`: more than 8 % of the packets are lost in either direction, or there and back takes
 * over 0.6 s, or packets come over 0.1 s early or late, or the network carries away less than 150 kbit/s and that is
 * why the picture is small. `fair`: 2 %, 0.3 s, 0.04 s. Else `good`. `none` before the first figures. It gets worse when
 * two readings in a row say so, better with one.
 */
export type QualityScore = 'good' | 'fair' | 'poor' | 'none';

/** How well the connection to one peer works, over the last two seconds or so. Null is what the browser does not tell. */
export interface PeerQuality {
  readonly score: QualityScore;
  readonly received: MediaQuality;
  /** What we send, and what the peer reports to have missed of it. */
  readonly sent: MediaQuality;
  /** To the peer and back, in seconds. */
  readonly roundTrip: number | null;
  /** What makes us send less picture than we could. Firefox does not tell. */
  readonly limitation: QualityLimitation | null;
  readonly candidatePair: CandidatePair | null;
  /** What the network can carry away from us by the browser's estimate, in bit/s. Firefox does not tell. */
  readonly availableBitrate: number | null;
}

/** What a reading says of a connection together with the one before. */
export interface Observation {
  readonly reading: Reading;
  /** Null after the first reading. */
  readonly changes: readonly Change[] | null;
  readonly quality: PeerQuality;
  /** How good these two readings alone were, as an index of `SCORES`. */
  readonly rank: number;
  /** The ids of our own tracks that gave no sound at all; those of which the browser does not tell are not among them. */
  readonly silent: readonly string[];
}

const SCORES = ['none', 'poor', 'fair', 'good'] as const satisfies QualityScore[];
const NARROW = 150_000;

/** Compares a reading with the one before; `before` is null for the first of a connection. */
export function observe(before: Observation | null, reading: Reading): Observation {
  const changes = before && changesBetween(before.reading, reading);
  const { roundTrip, candidatePair, availableBitrate } = reading;
  const sent = changes?.filter((change) => change.sent) ?? [];
  const figures = {
    received: summary(changes?.filter((change) => !change.sent) ?? []),
    sent: summary(sent),
    roundTrip,
    // At the worst there are no frames at all.
    limitation: (largest(sent) ?? sent.find(({ limitation }) => limitation))?.limitation ?? null,
    candidatePair,
    availableBitrate,
  };
  const rank = changes?.length ? rankOf(figures) : 0;
  return {
    reading,
    changes,
    quality: Object.freeze({ score: SCORES[Math.max(rank, before?.rank ?? 0)]!, ...figures }),
    rank,
    silent: before ? silentTracks(before.reading, reading) : [],
  };
}

/** Whether the picture is small because the network carries little. A low limit of our own is none of the network's. */
export function isNarrow({ limitation, availableBitrate }: Omit<PeerQuality, 'score'>): boolean {
  return limitation === 'bandwidth' && (availableBitrate ?? NARROW) < NARROW;
}

/** The larger part of the packets that is lost, of both directions. */
export function worstLoss({ received, sent }: Omit<PeerQuality, 'score'>): number {
  return Math.max(received.loss ?? 0, sent.loss ?? 0);
}

function rankOf(figures: Omit<PeerQuality, 'score'>): number {
  const { received, sent, roundTrip } = figures;
  const exceeds = (loss: number, delay: number, jitter: number): boolean =>
    worstLoss(figures) > loss ||
    (roundTrip ?? 0) > delay ||
    Math.max(received.jitter ?? 0, sent.jitter ?? 0) > jitter;
  if (isNarrow(figures) || exceeds(0.08, 0.6, 0.1)) return 1;
  return exceeds(0.02, 0.3, 0.04) ? 2 : 3;
}

function summary(changes: readonly Change[]): MediaQuality {
  const sum = (figure: (change: Change) => number): number =>
    changes.reduce((total, change) => total + figure(change), 0);
  const packets = sum((change) => change.packets);
  const flowing = changes.filter((change) => change.packets > 0);
  const picture = largest(changes);
  const pictures = changes.some(({ kind }) => kind === 'video');
  return Object.freeze({
    bitrate: changes.length ? Math.round(sum(({ bytes, seconds }) => (bytes * 8) / seconds)) : null,
    loss: packets ? sum((change) => change.loss * change.packets) / packets : null,
    jitter: packets ? Math.max(...flowing.map(({ jitter }) => jitter)) : null,
    frameRate: picture ? Math.round(picture.frames / picture.seconds) : pictures ? 0 : null,
    width: picture?.width ?? null,
    height: picture?.height ?? null,
    codecs: Object.freeze([...new Set(flowing.flatMap(({ codec }) => codec ?? []))]),
  });
}

/** The largest picture that moves. */
function largest(changes: readonly Change[]): Change | undefined {
  const area = ({ width, height }: Change): number => width * height;
  return changes.filter(({ frames }) => frames > 0).sort((one, other) => area(other) - area(one))[0];
}
