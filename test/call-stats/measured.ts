import type { CallStats } from '../../components/call-stats/call-stats.js';
import { CallStateChangeEvent } from '../../components/engine/call/events.js';
import type { MediaQuality, PeerQuality } from '../../components/engine/call/quality.js';
import type { CallState, PeerState } from '../../components/engine/call/room.js';
import { madePeer, madeState } from '../peer-call/made.js';

export const media = (changes: Partial<MediaQuality> = {}): MediaQuality => ({
  bitrate: 1_200_000,
  loss: 0.012,
  jitter: 0.004,
  frameRate: 30,
  width: 1280,
  height: 720,
  codecs: ['opus', 'VP8'],
  ...changes,
});

export const quality = (changes: Partial<PeerQuality> = {}): PeerQuality => ({
  score: 'good',
  received: media(),
  sent: media({ bitrate: 640_000, loss: null, frameRate: 15, width: 640, height: 360 }),
  roundTrip: 0.045,
  limitation: 'none',
  candidatePair: { local: 'host', remote: 'srflx', protocol: 'udp', relayProtocol: null },
  availableBitrate: 2_500_000,
  ...changes,
});

/** A call that a test measures. */
export class MeasuredCall extends HTMLElement {
  state: CallState = madeState();

  get peers(): readonly PeerState[] {
    return this.state.peers;
  }

  become(state: Partial<CallState>): void {
    this.state = madeState(state);
    this.dispatchEvent(new CallStateChangeEvent(this.state));
  }

  /** Takes these figures of these members, by their names. */
  measures(qualities: Readonly<Record<string, PeerQuality | null>>): void {
    const peers = Object.entries(qualities).map(([name, taken]) =>
      madePeer(name.toLowerCase(), { name, quality: taken }),
    );
    this.become({ peers });
  }
}
customElements.define('measured-call', MeasuredCall);

let calls = 0;

export function addMeasured(): MeasuredCall {
  const call = document.createElement('measured-call') as MeasuredCall;
  call.id = `call-${++calls}`;
  document.body.append(call);
  return call;
}

/** The figures of a call that a test measures. */
export async function addStats(
  properties: Partial<CallStats> = {},
): Promise<{ call: MeasuredCall; stats: CallStats }> {
  const call = addMeasured();
  const stats = document.createElement('call-stats');
  Object.assign(stats, { htmlFor: call.id, ...properties });
  document.body.append(stats);
  await stats.updateComplete;
  return { call, stats };
}

export function query<T extends Element = HTMLElement>(stats: CallStats, selector: string): T | null {
  return stats.shadowRoot!.querySelector<T>(selector);
}

export function queryAll<T extends Element = HTMLElement>(stats: CallStats, selector: string): T[] {
  return [...stats.shadowRoot!.querySelectorAll<T>(selector)];
}

/** The text of an element, with one space where there are many. */
export const words = (element: Element | null): string =>
  element?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

/** The table for screen readers, row by row. */
export const table = (stats: CallStats): string[][] =>
  queryAll<HTMLTableRowElement>(stats, 'tr').map((row) => [...row.cells].map(words));
