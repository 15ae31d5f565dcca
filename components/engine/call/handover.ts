import { isIdentifier } from '../signaling/signaling.js';

/** How long an id waits for the page that is to take it, in ms. */
const KEPT = 60_000;

type Kept = readonly (readonly [id: string, since: number])[];

/** Leaves our id in a room to the next page of this tab: whoever reloads a page comes back as the same one. */
export function handOver(room: string, id: string): void {
  keep(room, [...kept(room), [id, Date.now()]]);
}

/**
 * Takes what was left, the first first; null for nothing. Nobody else in this tab gets it then, nor in a copy of the tab
 * that is made later. One that was made before, from a page that had not joined again yet, has the same id to take: of
 * two in a room that have one id only the later is seen.
 */
export function takeOver(room: string): string | null {
  const [first, ...rest] = kept(room);
  if (!first) return null;
  keep(room, rest);
  return first[0];
}

/** To be called before it is urgent: the first look into the storage of a tab takes its time. */
export function wakeStorage(): void {
  kept('');
}

const keyOf = (room: string): string => `rtc-elements/id/${room}`;

function kept(room: string): Kept {
  try {
    const list = JSON.parse(sessionStorage.getItem(keyOf(room)) ?? '[]') as Kept;
    return list.filter(([id, since]) => isIdentifier(id) && Math.abs(Date.now() - since) < KEPT);
  } catch {
    // No storage, as in a document without an origin, or something else in it.
    return [];
  }
}

function keep(room: string, list: Kept): void {
  try {
    if (list.length > 0) sessionStorage.setItem(keyOf(room), JSON.stringify(list));
    else sessionStorage.removeItem(keyOf(room));
  } catch {
    // The next page is another peer.
  }
}
