import { property } from 'lit/decorators.js';
import { readSettings, type Settings, type Wishes } from '../engine/generator/settings.js';
import { MediaKitError } from '../engine/errors.js';
import type { Constructor } from '../internal/constructor.js';
import type { KitElement } from '../internal/kit-element.js';
import { asWritten } from '../internal/wrong-value.js';

/** What an element that can be told what to make offers. */
export declare class DescribingElement implements Wishes {
  kind: string | null;
  pattern: string | null;
  tone: string | null;
  frequency: number | null;
  volume: number | null;
  width: number | null;
  height: number | null;
  frameRate: number | null;
  sampleRate: number | null;
  channels: number | null;
  text: string | null;
  color: string | null;
  src: string | null;
  source: string | null;
  backend: string | null;
  muted: boolean;
  contentHint: string | null;
  workerPath: string | null;
  protected get wanted(): Settings;
  protected warn(changed: ReadonlyMap<PropertyKey, unknown>): void;
}

/** Adds the attributes that say what is to be made. A wrong one is a warning, and `error` where it makes no sense. */
export function Describing<T extends Constructor<KitElement>>(Superclass: T) {
  abstract class DescribingClass extends Superclass {
    /** `video`, `audio` or `audio video`; without it what `src`, `source`, `pattern` and `tone` imply, else video. */
    @property() kind: string | null = null;
    /**
     * `smpte` (default), `ebu`, `grid`, `gradient`, `noise`, `clock`, `ball`, `solid`, `sync`, or `none`: only what is
     * written. Written frames replace it. `sync` carries its number and time in a code that `sync-reader` reads.
     */
    @property() pattern: string | null = null;
    /**
     * `sine` (default), `square`, `triangle`, `sawtooth`, `white-noise`, `pink-noise`, `sweep`, `beep` (on each full
     * second), `silence`, or `none`: only what is written.
     */
    @property() tone: string | null = null;
    /** Pitch of the tone in Hz, 1 to 20000. */
    @property({ type: Number }) frequency: number | null = 1000;
    /** Peak level of the tone, 0 to 1; what is written keeps its own. */
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
    /** URL of a media file that is looped as a camera and a microphone; from another origin only with CORS. */
    @property() src: string | null = null;
    /** Id of a `<canvas>`, `<video>` or `<img>` whose picture is sent. */
    @property() source: string | null = null;
    /**
     * `auto` (default), or what `activeBackend` is to be: `native`, `worker` or `canvas`. A start rejects with
     * `unsupported` where the browser has no such thing. What `src` and `source` show is fed from the page in any case.
     */
    @property() backend: string | null = null;
    /** Shows black and plays silence; what is written meanwhile is dropped. */
    @property({ type: Boolean }) muted = false;
    /** The `contentHint` of the tracks: `motion`, `detail` or `text`; `speech` or `music`. */
    @property({ attribute: 'content-hint' }) contentHint: string | null = null;
    /** Folder of `generator.worker.js` and `sound.worklet.js`, if they are not beside the modules. Read at a start. */
    @property({ attribute: 'worker-path' }) workerPath: string | null = null;

    /** @internal */
    protected get wanted(): Settings {
      return readSettings(this).settings;
    }

    /** @internal */
    protected warn(changed: ReadonlyMap<PropertyKey, unknown>): void {
      const { problems } = readSettings(this, (property) => asWritten(this, property));
      for (const { property, message, clamped } of problems) {
        if (!changed.has(property)) continue;
        console.warn(`<${this.localName}>: ${message}`);
        if (!clamped) this.reportError(new MediaKitError('bad-input', message));
      }
    }
  }
  return DescribingClass as unknown as T & Constructor<DescribingElement>;
}
