import { html, type TemplateResult } from 'lit';
import type { CallIssue, CallIssueName } from '../engine/call/issues.js';
import type { CallState } from '../engine/call/room.js';
import { icon } from './icons.js';
import type { Text } from './peer-call.strings.js';

/** The problems that somebody in a call can do something about, the worst first. The marks of the tiles tell the rest. */
const told: readonly CallIssueName[] = [
  'network-blocked',
  'not-encrypted',
  'undecryptable',
  'flooding',
  'permission-denied',
  'microphone-lost',
  'camera-lost',
  'muted-by-system',
  'silent-microphone',
  'no-media',
  'one-way',
  'low-bandwidth',
];

/** What is good to know now, the most important first. */
export function noticesOf(state: CallState, text: Text): readonly string[] {
  const issues = told.flatMap((name) => state.issues.filter((issue) => issue.name === name));
  const words = issues.filter((issue) => isNews(issue, state)).map((issue) => explain(issue, state, text));
  return state.reachable ? words : [text('unreachable'), ...words];
}

/** Tells one thing at a time, until it is over or was read. */
export class Notices {
  /** Those that were read and still stand. */
  #read: readonly string[] = [];

  /** The one to show now, if any. */
  next(state: CallState, text: Text): string | undefined {
    const notices = noticesOf(state, text);
    this.#read = this.#read.filter((words) => notices.includes(words));
    return notices.find((words) => !this.#read.includes(words));
  }

  dismiss(words: string): void {
    this.#read = [...this.#read, words];
  }
}

/** Of a member without a connection the tile tells enough; one that was cut off has none. */
const isNews = ({ name, peerId }: CallIssue, { peers }: CallState): boolean =>
  peerId === null ||
  name === 'flooding' ||
  peers.some(({ id, status }) => id === peerId && status === 'connected');

function explain({ name, peerId, message }: CallIssue, { peers }: CallState, text: Text): string {
  const key = `issue-${name}`;
  const words = text(key, { name: peers.find(({ id }) => id === peerId)?.name || text('guest') });
  return words === key ? message : words;
}

/** One button for all tiles: after the click the browser lets every one of them play. */
export function renderPlayButton(text: Text, play: () => void): TemplateResult {
  return html`
    <button class="play" part="play-button" type="button" @click=${play}>
      ${icon('M4 9v6h3l5 4V5L7 9zM15 9q2 3 0 6M18 6q4 6 0 12')}${text('play')}
    </button>
  `;
}

/** What is good to know, and no more than that. It is announced as all that happens in the call. */
export const renderNotice = (words: string, text: Text, dismiss: () => void): TemplateResult => html`
  <div class="notice" part="notice">
    <span>${words}</span>
    <button type="button" title=${text('dismiss')} aria-label=${text('dismiss')} @click=${dismiss}>
      ${icon('M6 6l12 12M18 6L6 18')}
    </button>
  </div>
`;
