import type { CallState } from '../engine/call/call-state.js';
import type { CandidatePair, MediaQuality, PeerQuality } from '../engine/call/quality.js';
import { figures, indexOf } from './figures.js';
import type { Point } from './history.js';
import type { PeerRecord } from './records.js';

/** When and where a report is made. */
export interface Circumstances {
  readonly date: Date;
  /** `performance.now()`. */
  readonly now: number;
  /** `navigator.userAgent`. */
  readonly browser: string;
}

/**
 * All that is known of a call as text for a bug, in English. It has no names, addresses, rooms or secrets, which a bug
 * shows to strangers; the ids tell which of two reports is whose.
 */
export function report(
  state: CallState | null,
  records: readonly PeerRecord[],
  { date, now, browser }: Circumstances,
): string {
  const lines = [`Call figures, ${date.toISOString()}`, `Browser: ${browser}`];
  if (!state) return [...lines, 'Call: none'].join('\n');
  const { status, localId, audio, video, localScreen, reachable, issues, ignored } = state;
  lines.push(
    `Call: ${status}, own id ${localId || 'none'}, ${records.length} others`,
    `Sending: microphone ${onOff(audio)}, camera ${onOff(video)}, screen ${onOff(localScreen !== null)}`,
    `Room: ${reachable ? 'reachable' : 'out of reach'}, ${ignored} messages ignored`,
    ...issues.map(
      ({ name, peerId, since }) => `Problem: ${name}, ${peerId ?? 'own'}, for ${seconds(now - since)}`,
    ),
  );
  return [...lines, ...records.flatMap((record) => ['', ...aboutPeer(record)])].join('\n');
}

function aboutPeer({ peer, history: { points } }: PeerRecord): string[] {
  const { id, status, connectionState, iceConnectionState, quality } = peer;
  const span = points.length ? points.at(-1)!.at - points[0]!.at : 0;
  return [
    `Peer ${id}: ${status}, ${quality?.score ?? 'no figures'}`,
    `  connection ${connectionState}, ICE ${iceConnectionState}`,
    ...(quality ? aboutQuality(quality) : []),
    ...tableOf(points, span),
  ];
}

function aboutQuality(quality: PeerQuality): string[] {
  const { candidatePair, limitation, availableBitrate, received, sent } = quality;
  const estimate = availableBitrate === null ? 'unknown' : `${Math.round(availableBitrate / 1e3)} kbit/s`;
  return [
    `  path: ${candidatePair ? pathOf(candidatePair) : 'unknown'}`,
    `  received: ${mediaOf(received)}`,
    `  sent: ${mediaOf(sent)}, limited by ${limitation ?? 'unknown'}`,
    `  network estimate: ${estimate}`,
  ];
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

const onOff = (on: boolean): string => (on ? 'on' : 'off');

const pathOf = ({ local, remote, protocol, relayProtocol }: CandidatePair): string =>
  `${local} to ${remote} over ${protocol}${relayProtocol ? `, relay over ${relayProtocol}` : ''}`;

function mediaOf({ codecs, width, height, jitter }: MediaQuality): string {
  const size = width && height ? `${width} x ${height}` : 'no picture';
  const late = jitter === null ? 'unknown' : `${Math.round(jitter * 1e3)} ms`;
  return `${codecs.join(' ') || 'no codec'}, ${size}, jitter ${late}`;
}

/** Each line of each figure: the last value, and the least, the mean and the most of all that are kept. */
function tableOf(points: readonly Point[], span: number): string[] {
  const rows = figures.flatMap((figure) => {
    const [unit, factor] = figure.unit;
    return Array.from({ length: figure.lines }, (_, line) => {
      const all = points.map(({ values }) => values[indexOf(figure) + line] ?? null);
      const known = all.flatMap((value) => value ?? []);
      const way = figure.lines === 2 ? [' received', ' sent'][line]! : '';
      const mean = known.reduce((total, value) => total + value, 0) / known.length;
      const cells = known.length
        ? [all.at(-1) ?? null, Math.min(...known), mean, Math.max(...known)]
        : Array<null>(4).fill(null);
      return row(
        `${figure.name}${way}, ${unit}`,
        cells.map((value) => shown(value, factor)),
      );
    });
  });
  return [row(`over ${seconds(span)}`, ['now', 'least', 'mean', 'most']), ...rows];
}

const row = (title: string, cells: readonly string[]): string =>
  `  ${title.padEnd(28)}${cells.map((cell) => cell.padStart(10)).join('')}`;

const shown = (value: number | null, factor: number): string =>
  value === null ? '-' : String(Math.round(value * factor * 10) / 10);
