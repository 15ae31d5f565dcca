import type { MediaQuality, PeerQuality } from '../engine/call/quality.js';

/** What is not known is null. */
export type Value = number | null;

/** What is plotted of a connection: one line, or two of which the first is received and the second sent. */
export interface Figure {
  readonly name: 'bitrate' | 'round-trip' | 'loss' | 'frame-rate' | 'resolution';
  readonly lines: 1 | 2;
  /** How high its plot reaches at the least: what is next to nothing is to look so. */
  readonly least: number;
  /** For people who read bugs, and how many of it one is. */
  readonly unit: readonly [name: string, factor: number];
  readonly read: (quality: PeerQuality) => readonly Value[];
}

const both =
  (read: (quality: MediaQuality) => Value): Figure['read'] =>
  ({ received, sent }) => [read(received), read(sent)];

export const figures: readonly Figure[] = [
  {
    name: 'bitrate',
    lines: 2,
    least: 100_000,
    unit: ['kbit/s', 1e-3],
    read: both(({ bitrate }) => bitrate),
  },
  {
    name: 'round-trip',
    lines: 1,
    least: 0.1,
    unit: ['ms', 1e3],
    read: ({ roundTrip }) => [roundTrip],
  },
  { name: 'loss', lines: 2, least: 0.05, unit: ['%', 100], read: both(({ loss }) => loss) },
  { name: 'frame-rate', lines: 2, least: 30, unit: ['fps', 1], read: both(({ frameRate }) => frameRate) },
  { name: 'resolution', lines: 2, least: 300, unit: ['px high', 1], read: both(({ height }) => height) },
];

/** The values of all figures in their order, line by line; nothing is known where there is no quality. */
export function valuesOf(quality: PeerQuality | null): readonly Value[] {
  return figures.flatMap(({ read, lines }) => (quality ? read(quality) : Array<Value>(lines).fill(null)));
}

/** Where the lines of a figure begin among the values. */
export function indexOf(figure: Figure): number {
  return figures.slice(0, figures.indexOf(figure)).reduce((total, { lines }) => total + lines, 0);
}
