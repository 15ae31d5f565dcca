import { CallIssueEvent } from '../engine/call/events.js';
import type { CallIssue, CallIssueName } from '../engine/call/issues.js';
import type { CaptureState } from '../engine/capture/capturer.js';

/** The problems of a capture that somebody can do something about, and their messages; `denial` is that of a permission. */
export function deviceProblems(
  { missing, withheld }: Pick<CaptureState, 'missing' | 'withheld'>,
  denial: string,
): Map<CallIssueName, string> {
  const problems = new Map<CallIssueName, string>();
  for (const { kind, label } of missing) {
    const words = `${label || `The ${kind}`} was disconnected, and there is no other ${kind}: connect one.`;
    problems.set(`${kind}-lost`, words);
  }
  if (withheld) problems.set('permission-denied', denial);
  return problems;
}

/** The named problems of the devices that a call captures itself. */
export class DeviceIssues {
  readonly #dispatch: (event: Event) => void;
  readonly #changed: () => void;
  #issues: readonly CallIssue[] = [];
  /** Kept, for the capture forgets it when another device goes on. */
  #denial = '';
  /** Of each list of others, that with these. */
  #lists = new WeakMap<readonly CallIssue[], readonly CallIssue[]>();

  /** `changed` is called before each of them is told. */
  constructor(dispatch: (event: Event) => void, changed: () => void) {
    this.#dispatch = dispatch;
    this.#changed = changed;
  }

  /** Tells which of them begin and end with this state of the capture. */
  follow(capture: CaptureState): void {
    if (capture.error) this.#denial = capture.error.message;
    const problems = deviceProblems(capture, this.#denial);
    const now = performance.now();
    const lasts = ({ name, message }: CallIssue): boolean => problems.get(name) === message;
    const lasting = this.#issues.filter(lasts);
    const over = this.#issues.filter((issue) => !lasts(issue));
    for (const { name } of lasting) problems.delete(name);
    const begun = [...problems].map(([name, message]) =>
      Object.freeze({ name, peerId: null, since: now, ended: null, count: 1, message }),
    );
    const told = [...over.map((issue) => Object.freeze({ ...issue, ended: now })), ...begun];
    if (told.length === 0) return;
    this.#issues = [...lasting, ...begun];
    this.#lists = new WeakMap();
    this.#changed();
    for (const issue of told) this.#dispatch(new CallIssueEvent(issue));
  }

  /** These and the others of the call: the same list again while none of them changes. */
  among(others: readonly CallIssue[]): readonly CallIssue[] {
    if (this.#issues.length === 0) return others;
    const all = this.#lists.get(others) ?? Object.freeze([...others, ...this.#issues]);
    this.#lists.set(others, all);
    return all;
  }
}
