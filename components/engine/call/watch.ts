import { CallIssueEvent, SpeakerChangeEvent } from './events.js';
import type { FrameTrouble } from './encryption/verdict.js';
import type { CallIssue, CallIssueName } from './issues.js';
import { Monitor, type MonitorOptions } from './monitor.js';
import type { PeerQuality } from './quality.js';
import type { Member } from './member.js';
import { verificationOf } from './verification.js';

export interface WatchOptions extends Pick<MonitorOptions, 'clock' | 'connections' | 'tracks' | 'told'> {
  readonly room: string;
  /** Whether a peer answers what we say to it. */
  readonly heard: (id: string) => boolean;
  /** A peer's quality, its verification or its speaking is another now; `news`: more than its figures. */
  readonly observed: (id: string, news: boolean) => void;
  readonly dispatch: (event: Event) => void;
  /** The speaker or the issues are others now. */
  readonly changed: () => void;
}

/** What the monitor has seen of one peer. */
export interface Observed {
  readonly quality: PeerQuality | null;
  readonly speaking: boolean;
}

/** The same, and what proves who it is. */
export interface Known extends Observed {
  readonly verification: string | null;
}

const NOTHING: Observed = { quality: null, speaking: false };

/** After how long without another time tampering and an unreliable way are over, in ms. */
const QUIET = 5000;
const UNRELIABLE =
  'What is said between us and this peer is lost, late or out of order; it is said again: use a better network or server.';
const TAMPERING =
  'Somebody on the way forges, changes or repeats what is said here, or has another "secret": it is ignored. Use a server that you trust.';

const TOO_MUCH = 'sent far more than a call needs, and was cut off.';
const TOO_MUCH_DATA =
  'sent far more data than a call needs: no messages and files from there are taken any longer.';

/** What is said of frames that are not played. */
const TROUBLES: Readonly<Record<FrameTrouble, string>> = {
  'not-encrypted':
    'What this peer sends is not encrypted end to end, so it is not played: turn "end-to-end" on there, with the same "secret".',
  undecryptable:
    'What this peer sends is encrypted and cannot be decrypted: turn "end-to-end" on for everybody, with the same "secret".',
};

/** Keeps what the monitor tells. Loaded for the first connection that is up, or that cannot be. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #observed = new Map<string, Observed>();
  /** The connections that were looked at, with what two people compare. */
  readonly #verified = new WeakMap<RTCPeerConnection, string | null>();
  readonly #monitor: Monitor;
  /** Ends the wait until something is over, by its name and the peer that it is about. */
  readonly #quiet = new Map<string, () => void>();
  #speaker: string | null = null;
  #issues: readonly CallIssue[] = Object.freeze([]);

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#monitor = new Monitor(this.#monitorOptions());
  }

  /** Who speaks or spoke last, or null. */
  get speaker(): string | null {
    return this.#speaker;
  }

  /** The named problems that last. */
  get issues(): readonly CallIssue[] {
    return this.#issues;
  }

  of(id: string): Known {
    const connection = this.#connection(id);
    const verification = (connection && this.#verified.get(connection)) ?? null;
    return { ...(this.#observed.get(id) ?? NOTHING), verification };
  }

  /** There is no way to a peer, and why; null: there is one. */
  block(peerId: string, message: string | null): void {
    this.#stand('network-blocked', peerId, message);
  }

  /** What claims to come from this id was refused: a peer, or somebody who is none. */
  tampered(id: string): void {
    this.#pass('tampering', this.#connection(id) ? id : null, TAMPERING);
  }

  /** What is said between us and a peer is lost, held back or out of order. */
  unsteady(id: string): void {
    if (this.#connection(id)) this.#pass('unreliable-signaling', id, UNRELIABLE);
  }

  /** What is wrong with the frames of a peer; null: nothing. It may have left while this was loaded. */
  frames(peerId: string, trouble: FrameTrouble | null): void {
    if (trouble && !this.#connection(peerId)) return;
    for (const name of ['not-encrypted', 'undecryptable'] as const) {
      this.#stand(name, peerId, name === trouble ? TROUBLES[name] : null);
    }
  }

  /** A member was cut off, and is gone with that, or its data alone. */
  flooded({ id, name }: Member, data?: true): void {
    if (data && !this.#connection(id)) return;
    this.#stand('flooding', id, `${name || 'Somebody'} ${data ? TOO_MUCH_DATA : TOO_MUCH}`);
  }

  /** A peer is gone. */
  forget(id: string): void {
    this.block(id, null);
    this.frames(id, null);
    // One that is cut off altogether is gone before that is told.
    this.#stand('flooding', id, null);
    this.#calm('tampering', id);
    this.#calm('unreliable-signaling', id);
    this.#observed.delete(id);
    if (this.#speaker === id) this.#speaks(null);
  }

  /** Ends what lasts. */
  release(): void {
    this.#monitor.release();
    for (const cancel of this.#quiet.values()) cancel();
    const { clock, dispatch } = this.#options;
    const ended = clock.now();
    for (const issue of this.#issues) dispatch(new CallIssueEvent(Object.freeze({ ...issue, ended })));
    this.#issues = [];
  }

  #monitorOptions(): MonitorOptions {
    const { observed, ...rest } = this.#options;
    return {
      ...rest,
      observed: (id, what) => {
        // It may have left while its figures were on their way.
        if (!this.#connection(id)) return;
        const { quality, speaking } = this.of(id);
        this.#observed.set(id, what);
        void this.#verify(id);
        // Its figures are others each time.
        observed(id, speaking !== what.speaking || quality?.score !== what.quality?.score);
      },
      // Whoever spoke last is of interest until another one speaks.
      speaker: (id) => id !== null && this.#speaks(id),
      issue: (issue) => this.#tell(issue),
    };
  }

  #connection(id: string): RTCPeerConnection | undefined {
    return [...this.#options.connections()].find(([peer]) => peer === id)?.[1];
  }

  /** Once for each connection. */
  async #verify(id: string): Promise<void> {
    const connection = this.#connection(id);
    if (connection?.connectionState !== 'connected' || this.#verified.has(connection)) return;
    this.#verified.set(connection, null);
    // A page that may not hash shows nothing to compare.
    const verification = await verificationOf(connection, this.#options.room).catch(() => null);
    this.#verified.set(connection, verification);
    if (this.#connection(id) === connection) this.#options.observed(id, true);
  }

  #speaks(id: string | null): void {
    if (id === this.#speaker) return;
    this.#speaker = id;
    this.#options.changed();
    this.#options.dispatch(new SpeakerChangeEvent(id));
  }

  /** A problem begins, or happens once more; it is over when it was quiet for a while. */
  #pass(name: CallIssueName, peerId: string | null, message: string): void {
    this.#await(name, peerId);
    const standing = this.#standing(name, peerId);
    if (!standing) return this.#stand(name, peerId, message);
    // The count of a flood is told when it is over, or with the next news.
    const more = Object.freeze({ ...standing, count: standing.count + 1 });
    this.#issues = Object.freeze(this.#issues.map((issue) => (issue === standing ? more : issue)));
  }

  #await(name: CallIssueName, peerId: string | null): void {
    const { clock, heard } = this.#options;
    const key = `${name} ${peerId}`;
    this.#quiet.get(key)?.();
    const look = (): void => {
      // Who does not answer may be kept from us altogether.
      if (peerId === null || heard(peerId)) this.#calm(name, peerId);
      else this.#await(name, peerId);
    };
    this.#quiet.set(key, clock.after(QUIET, look));
  }

  #calm(name: CallIssueName, peerId: string | null): void {
    const key = `${name} ${peerId}`;
    this.#quiet.get(key)?.();
    this.#quiet.delete(key);
    this.#stand(name, peerId, null);
  }

  /** A problem that is not measured begins, or is over (null). */
  #stand(name: CallIssueName, peerId: string | null, message: string | null): void {
    const standing = this.#standing(name, peerId);
    const now = this.#options.clock.now();
    if (standing && message === null) this.#tell({ ...standing, ended: now });
    if (!standing && message !== null)
      this.#tell({ name, peerId, since: now, ended: null, count: 1, message });
  }

  #standing(name: CallIssueName, peerId: string | null): CallIssue | undefined {
    return this.#issues.find((issue) => issue.name === name && issue.peerId === peerId);
  }

  #tell(told: CallIssue): void {
    const issue = Object.freeze(told);
    const others = this.#issues.filter(({ name, peerId }) => name !== issue.name || peerId !== issue.peerId);
    this.#issues = Object.freeze(issue.ended === null ? [...others, issue] : others);
    this.#options.changed();
    this.#options.dispatch(new CallIssueEvent(issue));
  }
}
