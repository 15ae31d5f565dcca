import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import { MediaKitError } from '../engine/errors.js';
import { supports, type BackendName } from '../engine/generator/backend.js';
import { Generator } from '../engine/generator/generator.js';
import type { GeneratorState, GeneratorStats, GeneratorStatus } from '../engine/generator/generator.js';
import type { MediaInput } from '../engine/generator/input.js';
import { readSettings, type Kind } from '../engine/generator/settings.js';
import { StreamChangeEvent } from '../internal/events.js';
import { KitElement, type Commands } from '../internal/kit-element.js';
import { FrameDropEvent, GeneratorStateChangeEvent } from './media-generator.events.js';
import { styles } from './media-generator.styles.js';

/**
 * A source made of nothing: test pictures, test tones, and whatever a page writes to it, as one `MediaStream`. It is
 * never displayed itself. A wrong attribute is one warning and the default, and `error` where it makes no sense.
 *
 * @element media-generator
 * @fires {StreamChangeEvent} stream-change - `stream` became another one, or null.
 * @fires {GeneratorStateChangeEvent} generator-state-change - It started, paused or ended; see its `state`.
 * @fires {FrameDropEvent} frame-drop - Pushed data came faster than the track takes it; at most once a second.
 * @fires {Event} ended - It was stopped, or somebody else stopped its tracks.
 * @fires {ErrorEvent} error - An attribute, data or a start was refused; `error` is the `MediaKitError`.
 * @cssstate running - It makes a stream.
 * @cssstate paused - It holds the last picture, and silence.
 * @cssstate ended - It was stopped.
 * @cssstate blocked - The browser holds the sound back until the next click or key; it goes on by itself then.
 */
export class MediaGenerator extends KitElement {
  static override readonly styles = styles;
  static override readonly commands: Commands = { '--start': 'start', '--pause': 'pause', '--stop': 'stop' };

  /** Whether this browser can make tracks of the kind by the given backend or, without one, by any. */
  static supports(kind: Kind, backend?: BackendName): boolean {
    return supports(kind, backend);
  }

  /** `video`, `audio` or `audio video`; without it what `pattern` and `tone` imply, else video. */
  @property() kind: string | null = null;
  /** `smpte` (default), `ball`, `clock`, `solid`, or `none`: only what is written. Written frames replace it. */
  @property() pattern: string | null = null;
  /** `sine` (default), `beep` (on each full second), `silence`, or `none`: only what is written. */
  @property() tone: string | null = null;
  /** Pitch of the tone in Hz, 1 to 20000. */
  @property({ type: Number }) frequency: number | null = 1000;
  /** Volume of the tone, 0 to 1; what is written keeps its own. */
  @property({ type: Number }) volume: number | null = 0.25;
  /** Width of the built-in picture in pixels, 1 to 4096; what is written keeps its own. */
  @property({ type: Number }) width: number | null = 640;
  /** Height of the built-in picture in pixels, 1 to 2160. */
  @property({ type: Number }) height: number | null = 360;
  /** Pictures per second, 1 to 60. One that does not change is sent five times a second. */
  @property({ type: Number, attribute: 'frame-rate' }) frameRate: number | null = 30;
  /** Samples per second of the tone and of a written `Float32Array`, 8000 to 96000. */
  @property({ type: Number, attribute: 'sample-rate' }) sampleRate: number | null = 48_000;
  /** Channels of the tone and of a written `Float32Array`, 1 to 8. */
  @property({ type: Number }) channels: number | null = 1;
  /** Words over the picture, a name for example; over a written still from the next frame on. */
  @property() text: string | null = '';
  /** Any CSS color, for `pattern="solid"`; blue by default. */
  @property() color: string | null = null;
  /** Starts by itself when it is connected. */
  @property({ type: Boolean }) autostart = false;

  readonly #generator = new Generator({
    settings: readSettings(this).settings,
    onDrop: ({ kind, count, total }) => this.dispatchEvent(new FrameDropEvent(kind, count, total)),
  });
  #told: GeneratorState = this.#generator.store.snapshot;
  /** Autostart is for a new life of the element, not for each move. */
  #fresh = true;

  constructor() {
    super();
    this.#generator.store.subscribe((state) => this.#tell(state));
  }

  /** What it makes, or null while it makes nothing. */
  get stream(): MediaStream | null {
    return this.#generator.store.snapshot.stream;
  }

  /** The track of a generator of one kind; of both kinds, the video track. */
  get track(): MediaStreamTrack | null {
    return this.videoTrack ?? this.audioTrack;
  }

  /** The video track, or null. */
  get videoTrack(): MediaStreamTrack | null {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  /** The audio track, or null. */
  get audioTrack(): MediaStreamTrack | null {
    return this.stream?.getAudioTracks()[0] ?? null;
  }

  /** `idle` (not yet started), `running`, `paused` or `ended`. */
  get state(): GeneratorStatus {
    return this.#generator.store.snapshot.status;
  }

  /** How the stream is made (`native` or `canvas`), or null while there is none. */
  get activeBackend(): BackendName | null {
    return this.#generator.store.snapshot.backend;
  }

  /** For `video` (frames) and `audio` (stretches of sound): `written`, `delivered`, `dropped`, `queueLength`. */
  get stats(): GeneratorStats {
    return this.#generator.stats;
  }

  /** Makes the stream, or goes on after `pause()`. Rejects with `unsupported`. */
  async start(): Promise<void> {
    return this.#try(() => {
      this.#generator.update(readSettings(this).settings);
      this.#generator.start();
    });
  }

  /** Holds the last picture, and silence; `write()` waits. */
  pause(): void {
    this.#generator.pause();
  }

  /** Ends the tracks, those of `clone()` too. `start()` makes new ones. */
  stop(): void {
    this.#generator.stop();
  }

  /** Sends data, which it owns and closes; resolves when there is room. Rejects: `bad-input`, `aborted` if stopped. */
  async write(data: MediaInput): Promise<void> {
    return this.#try(() => this.#generator.write(data));
  }

  /** As `write()`, but never waits or throws: drops the oldest when three frames, or 250 ms of sound, are queued. */
  push(data: MediaInput): void {
    this.#try(() => this.#generator.push(data)).catch(() => {});
  }

  /** Clones of its tracks in a new stream, or null while there are none. They end when it ends. */
  clone(): MediaStream | null {
    return this.#generator.clone();
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    const { status, blocked } = this.#generator.store.snapshot;
    return { running: status === 'running', paused: status === 'paused', ended: status === 'ended', blocked };
  }

  // Not `updated()`: what a start changes is to be part of the same update.
  protected override update(changed: PropertyValues<this>): void {
    const { settings, problems } = readSettings(this);
    for (const { property, message, clamped } of problems) {
      if (!changed.has(property)) continue;
      console.warn(`<media-generator>: ${message}`);
      if (!clamped) this.reportError(new MediaKitError('bad-input', message));
    }
    this.#try(() => this.#generator.update(settings)).catch(() => {});
    if (this.autostart && this.isConnected && (this.#fresh || changed.has('autostart'))) {
      this.#fresh = false;
      this.start().catch(() => {});
    }
    super.update(changed);
  }

  protected override release(): void {
    this.#generator.release();
    this.#fresh = true;
  }

  #tell(state: GeneratorState): void {
    const before = this.#told;
    this.#told = state;
    if (state.stream !== before.stream) this.dispatchEvent(new StreamChangeEvent(state.stream));
    if (state.status !== before.status) {
      this.dispatchEvent(new GeneratorStateChangeEvent(state.status));
      if (state.status === 'ended') this.dispatchEvent(new Event('ended'));
    }
    this.requestUpdate();
  }

  async #try<T>(run: () => T | Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      this.reportError(thrown as MediaKitError);
      throw thrown;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'media-generator': MediaGenerator;
  }
}
