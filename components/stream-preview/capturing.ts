import type { PropertyValues } from 'lit';
import { property } from 'lit/decorators.js';
import type {
  CaptureKind,
  CaptureOptions,
  DisplayCursor,
  DisplaySurface,
} from '../engine/capture/request.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import { LazyCapturer } from './lazy-capturer.js';
import type { PlayingElement } from './playing.js';
import type { PresentingElement } from './presenting.js';
import { captureKind } from './stream-preview.state.js';

/** What an element that can capture a stream offers. */
export declare class CapturingElement {
  protected readonly capturer: LazyCapturer;
  protected get wanted(): CaptureOptions | null;
  capture: CaptureKind | null;
  audio: boolean;
  video: boolean;
  camera: string | null;
  microphone: string | null;
  surface: DisplaySurface | null;
  cursor: DisplayCursor | null;
  width: number | null;
  height: number | null;
  frameRate: number | null;
  constraints: MediaStreamConstraints | null;
  autostart: boolean;
  start(): Promise<MediaStream | null>;
  stop(): void;
  getUserMedia(constraints?: MediaStreamConstraints): Promise<MediaStream>;
  getDisplayMedia(options?: DisplayMediaStreamOptions): Promise<MediaStream>;
}

/** The properties that say what to capture. */
const OPTIONS = [
  'audio',
  'video',
  'camera',
  'microphone',
  'surface',
  'cursor',
  'width',
  'height',
  'frameRate',
  'constraints',
] as const;

/** Adds capturing, by attribute and by method, to an element that shows streams. */
export function Capturing<T extends Constructor<KitElement & PlayingElement & PresentingElement>>(
  Superclass: T,
) {
  abstract class CapturingClass extends Superclass {
    /** What `start()` captures: `user` or `environment` for a camera that faces that way, or `display`. */
    @property() capture: CaptureKind | null = null;
    /** Capture sound. With neither `audio` nor `video`, both. */
    @property({ type: Boolean }) audio = false;
    /** Capture a picture. A display always has one. */
    @property({ type: Boolean }) video = false;
    /** Device id of the one camera to capture. */
    @property() camera: string | null = null;
    /** Device id of the one microphone to capture. */
    @property() microphone: string | null = null;
    /** What of a display to offer first: `monitor`, `window` or `browser`, which is a tab. The user decides. */
    @property() surface: DisplaySurface | null = null;
    /** Whether the pointer is seen on a display: `always`, `motion` or `never`, where the browser can. */
    @property() cursor: DisplayCursor | null = null;
    /** Width to ask for, in pixels: a wish. */
    @property({ type: Number }) width: number | null = null;
    /** Height to ask for, in pixels: a wish. */
    @property({ type: Number }) height: number | null = null;
    /** Frame rate to ask for, in frames per second: a wish. */
    @property({ type: Number, attribute: 'frame-rate' }) frameRate: number | null = null;
    /** What to capture in the platform's own words, in place of what the attributes but `capture` say. */
    @property({ attribute: false }) constraints: MediaStreamConstraints | null = null;
    /** Capture as soon as the element is in the document. */
    @property({ type: Boolean }) autostart = false;

    /** @internal */
    protected readonly capturer = new LazyCapturer(this);
    /** What the attributes said when they were last looked at, as JSON. */
    #asked = 'null';
    #autostarted = false;

    /**
     * Captures what the attributes say; answers with the capture that is live or under way, if there is one. Without
     * `capture` it plays what is shown, which may be nothing yet.
     */
    start(): Promise<MediaStream | null> {
      const { wanted } = this;
      if (!wanted) return this.play().then(() => this.stream);
      // What has been set just now is for what is captured already, too.
      this.#follow();
      return this.capturer.begin('start', wanted);
    }

    /** Stops what the element captures. A start that is under way rejects with `aborted`. A lent stream lives on. */
    stop(): void {
      this.capturer.stop();
    }

    /** Captures a camera, a microphone or both: with these constraints, or as the attributes say. */
    getUserMedia(constraints: MediaStreamConstraints | null = this.constraints): Promise<MediaStream> {
      return this.#restart(this.capture === 'environment' ? 'environment' : 'user', constraints);
    }

    /** Captures a display: with these options, which go to the browser as they are, or as the attributes say. Call it from a click or a key press. */
    getDisplayMedia(options: DisplayMediaStreamOptions | null = this.constraints): Promise<MediaStream> {
      return this.#restart('display', options);
    }

    protected override update(changed: PropertyValues): void {
      if (changed.has('autostart') || changed.has('capture')) this.#autostarted = false;
      if (changed.has('srcObject') && this.srcObject) this.stop();
      else this.#follow();
      super.update(changed);
    }

    protected override release(): void {
      super.release();
      this.#autostarted = false;
      this.stop();
    }

    #restart(kind: CaptureKind, constraints: MediaStreamConstraints | null): Promise<MediaStream> {
      this.#asked = JSON.stringify(this.wanted);
      return this.capturer.begin('restart', { ...this.#options(kind), constraints });
    }

    /** Captures again when the attributes say something else than they did, and starts by itself once. */
    #follow(): void {
      const { wanted } = this;
      const { status } = this.capturer.store.snapshot;
      const asked = this.#asked;
      const now = (this.#asked = JSON.stringify(wanted));
      let started: Promise<unknown> | undefined;
      if (status === 'starting' || status === 'live') {
        // Once it is stopped it stays so, whoever started it.
        this.#autostarted = true;
        if (now === asked) return;
        if (!wanted) this.stop();
        else started = this.capturer.own?.choose(asked, wanted) ?? this.capturer.begin('restart', wanted);
      } else if (wanted && this.autostart && !this.#autostarted && this.isConnected && !this.srcObject) {
        this.#autostarted = true;
        started = this.start();
      }
      // Nobody holds this promise: the failure is in the state and in the event.
      started?.catch(() => {});
    }

    /** @internal What the attributes ask for, or null. */
    protected get wanted(): CaptureOptions | null {
      const kind = captureKind(this.capture);
      return kind && this.#options(kind);
    }

    #options(kind: CaptureKind): CaptureOptions {
      return { kind, ...Object.fromEntries(OPTIONS.map((name) => [name, this[name]])) };
    }
  }
  return CapturingClass as unknown as T & Constructor<CapturingElement>;
}
