import type { Clock } from '../clock.js';
import { Ear } from './ear.js';
import { endIssues, followIssues, ownIssues, peerIssues, type CallIssue, type Traces } from './issues.js';
import { observe, type Observation, type PeerQuality } from './quality.js';
import { readReport } from './reading.js';
import { beginVoice, chooseSpeaker, hear, type Voice } from './speakers.js';
import { repeatPictures } from './still.js';

export interface MonitorOptions {
  readonly clock: Clock;
  /** The connections as they are now, by peer. */
  readonly connections: () => Iterable<readonly [id: string, connection: RTCPeerConnection]>;
  /** Microphone and camera (borrowed) as far as they are sent now: none that is muted in the call, no screen. */
  readonly tracks: () => readonly MediaStreamTrack[];
  /** What is to arrive: what the peer says it sends, less what we told it not to. */
  readonly told: (id: string) => { readonly audio: boolean; readonly video: boolean };
  /** Called with each sample, and when the speaking changes; the quality is null while there is no connection. */
  readonly observed: (
    id: string,
    what: { readonly quality: PeerQuality | null; readonly speaking: boolean },
  ) => void;
  /** Who speaks (the loudest), null when nobody does. Called when it is another. */
  readonly speaker: (id: string | null) => void;
  /** Called when a problem starts, and once more, with `ended`, at its end. */
  readonly issue: (issue: CallIssue) => void;
}

/** How often connections are asked for their figures. */
const SAMPLE = 2000;
/** How often it is looked who speaks. */
const LISTEN = 200;

/** One connection, as it is watched. */
interface Watched {
  readonly id: string;
  readonly connection: RTCPeerConnection;
  /** The last figures: none older are kept. */
  observation: Observation | null;
  traces: Traces;
  voice: Voice;
  /** The time of the last sound that was heard, as the browser stamps it. */
  sounded: number;
  /** Whether an answer is awaited. */
  asked: boolean;
  /** Whether the figures of the connection before are still those that were told last. */
  outdated: boolean;
}

/** Watches the connections of a stay, from its construction to its release. */
export class Monitor {
  readonly #options: MonitorOptions;
  readonly #peers = new Map<string, Watched>();
  #traces: Traces = new Map();
  #speaker: string | null = null;
  #ear: Ear | undefined;
  /** When the next sample is due. */
  #due = -Infinity;
  /** Undefined after the release. */
  #cancel: (() => void) | undefined;

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#tick();
  }

  release(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#peers.clear();
    this.#ear?.release();
  }

  #tick(): void {
    const { clock } = this.#options;
    const now = clock.now();
    this.#cancel = clock.after(LISTEN, () => this.#tick());
    this.#meet(now);
    this.#listen(now);
    if (now < this.#due) return;
    this.#due = now + SAMPLE;
    this.#sample(now);
  }

  /** Looks who is there. A peer's new connection begins with no figures. */
  #meet(now: number): void {
    const gone = new Map(this.#peers);
    for (const [id, connection] of this.#options.connections()) {
      const peer = gone.get(id);
      gone.delete(id);
      if (peer?.connection === connection) continue;
      const { traces, voice } = peer ?? { traces: new Map(), voice: beginVoice(now) };
      const beginning = { observation: null, sounded: 0, asked: false, outdated: !!peer?.observation };
      this.#peers.set(id, { id, connection, traces, voice, ...beginning });
    }
    for (const [id, { traces }] of gone) {
      this.#peers.delete(id);
      this.#tell(endIssues(traces, now));
    }
  }

  #listen(now: number): void {
    const voices = new Map<string, Voice>();
    for (const peer of this.#peers.values()) {
      const { id, voice } = peer;
      voices.set(id, (peer.voice = hear(voice, levelOf(peer), now)));
      if (peer.outdated || peer.voice.speaking !== voice.speaking) this.#observed(peer);
    }
    const chosen = chooseSpeaker(this.#speaker, voices);
    if (chosen === this.#speaker || !this.#cancel) return;
    this.#speaker = chosen;
    this.#options.speaker(chosen);
  }

  #sample(now: number): void {
    const tracks = this.#options.tracks();
    const [traces, told] = followIssues(this.#traces, ownIssues(tracks, this.#silent(tracks)), null, now);
    this.#traces = traces;
    this.#tell(told);
    for (const peer of this.#peers.values()) void this.#measure(peer);
  }

  /** The ids of our tracks that give no sound. */
  #silent(tracks: readonly MediaStreamTrack[]): Set<string> {
    const observations = [...this.#peers.values()].flatMap(({ observation }) => observation ?? []);
    const silent = new Set(observations.flatMap((observation) => observation.silent));
    // Firefox does not tell.
    const untold = tracks.find(({ id }) =>
      observations.some(({ reading }) => reading.sounds.get(id) === null),
    );
    if (untold !== this.#ear?.track) {
      this.#ear?.release();
      this.#ear = untold && new Ear(untold);
    }
    if (untold && this.#ear?.silent) silent.add(untold.id);
    return silent;
  }

  async #measure(peer: Watched): Promise<void> {
    const { connection, observation, asked } = peer;
    const { connectionState } = connection;
    // Firefox is `connecting` again for a moment when an offer opens a further direction.
    if (connectionState !== 'connected' && !(observation && connectionState === 'connecting')) {
      return this.#judge(peer, null);
    }
    if (asked) return;
    peer.asked = true;
    // A connection that closes meanwhile has no figures.
    const report = await connection.getStats().catch(() => null);
    peer.asked = false;
    if (!report || this.#peers.get(peer.id) !== peer || peer.observation !== observation) return;
    const observed = observe(observation, readReport(report));
    // The peer may have lost the last one, or want it larger.
    if (isStill(observed)) repeatPictures(connection);
    this.#judge(peer, observed);
  }

  #judge(peer: Watched, observation: Observation | null): void {
    const { clock, told } = this.#options;
    const had = peer.observation;
    const seen = peerIssues(observation, told(peer.id), peer.traces);
    const [traces, issues] = followIssues(peer.traces, seen, peer.id, clock.now());
    Object.assign(peer, { observation, traces });
    // No event tells of a connection that the page itself has closed, be it before the first look.
    const closed = peer.connection.connectionState === 'closed';
    if (observation || had || closed) this.#observed(peer);
    this.#tell(issues);
  }

  #observed(peer: Watched): void {
    peer.outdated = false;
    const { id, observation, voice } = peer;
    const { speaking } = voice;
    this.#options.observed(id, { quality: observation?.quality ?? null, speaking });
  }

  #tell(issues: readonly CallIssue[]): void {
    for (const issue of issues) if (this.#cancel) this.#options.issue(issue);
  }
}

/** Whether nothing was sent of a picture since the last look, or at all. */
const isStill = ({ changes, reading }: Observation): boolean =>
  [...(changes ?? reading.flows.values())].some(
    ({ sent, kind, frames }) => sent && kind === 'video' && frames === 0,
  );

/** How loud the peer's microphone is now, 0–1; 0 where nothing has come since the last look. */
function levelOf(peer: Watched): number {
  const { sounded } = peer;
  // The first one: the sound of a shared screen comes after it.
  const receiver = peer.connection.getReceivers().find(({ track }) => track.kind === 'audio');
  let level = 0;
  for (const { timestamp, audioLevel = 0 } of receiver?.getSynchronizationSources() ?? []) {
    if (timestamp > sounded) level = Math.max(level, audioLevel);
    peer.sounded = Math.max(peer.sounded, timestamp);
  }
  return level;
}
