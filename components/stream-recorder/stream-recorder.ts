import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { MediaKitError } from '../engine/errors.js';
import {
  Recorder,
  type RecorderState,
  type RecorderStatus,
  type RecordTarget,
} from '../engine/record/recorder.js';
import { KitElement, type Commands } from '../internal/kit-element.js';
import { languageOf, localeOf } from '../internal/language.js';
import { SourceController } from '../internal/source-controller.js';
import { Beginning } from './beginning.js';
import { FileLink } from './file-link.js';
import { RecordDataEvent, RecorderStateChangeEvent, RecordStopEvent } from './stream-recorder.events.js';
import { strings } from './stream-recorder.strings.js';
import { styles } from './stream-recorder.styles.js';
import { view } from './stream-recorder.view.js';

/**
 * Records a stream: onto the disk of the browser as it comes, so that a long recording takes no memory, and as a file
 * that can be sought in and knows its duration. Whatever ends a recording early leaves what was recorded until then. The
 * tracks that it began with are recorded to their end, and so is what takes the place of a captured one; what else comes
 * into the stream later is for the next recording.
 *
 * @element stream-recorder
 * @fires {RecorderStateChangeEvent} recorder-state-change - `state` is another one.
 * @fires {RecordDataEvent} record-data - More was recorded: `data`, and `size` and `duration` so far.
 * @fires {RecordStopEvent} record-stop - A recording is done: `blob` is its file.
 * @fires {ErrorEvent} error - It could not begin, or ended early; `error` is the `MediaKitError`.
 * @csspart record-button - The button that begins and ends a recording.
 * @csspart pause-button - The button that pauses it and goes on.
 * @csspart time - How long it is.
 * @csspart size - How large it is.
 * @csspart save-link - The link that saves the last recording.
 * @csspart status - The words about the state.
 * @cssprop [--stream-recorder-background] - Behind the buttons.
 * @cssprop [--stream-recorder-accent] - Of the mark, and of the time while it records.
 * @cssprop [--stream-recorder-radius=12px] - Radius of the corners.
 * @cssstate recording - It records.
 * @cssstate paused - It holds on.
 * @cssstate saving - The file is made of what was recorded.
 * @cssstate done - There is a recording to save.
 * @cssstate failed - The last recording could not begin, or ended early.
 */
export class StreamRecorder extends KitElement {
  static override readonly styles = styles;
  static override readonly strings = strings;
  static override readonly commands: Commands = {
    '--start': 'start',
    '--stop': 'stop',
    '--pause': 'pause',
    '--resume': 'resume',
  };

  /** The stream to record; goes before `source`. */
  @property({ attribute: false }) srcObject: MediaStream | null = null;
  /** Id of the element, in the same root, whose stream to record. */
  @property() source: string | null = null;
  /** MIME type to record as, such as `video/webm`; without it MP4 where the browser can, else WebM. */
  @property() type: string | null = null;
  /** How often `record-data` is fired, in ms. */
  @property({ type: Number }) timeslice = 1000;
  /** Name of the file, to which the ending of its type is added; the date by default. */
  @property() filename: string | null = null;
  /** Ends the recording at about this size, in bytes, rather below than above: how much a browser still holds is not known. 0 for no end. */
  @property({ type: Number, attribute: 'max-size' }) maxSize = 0;
  /** Ends the recording when it is so long, in seconds without pauses; 0 for no end. */
  @property({ type: Number, attribute: 'max-duration' }) maxDuration = 0;
  /** Asks at the start where to write the recording, where the browser can; a start from a script needs a click before. */
  @property({ type: Boolean }) ask = false;

  readonly #recorder = new Recorder({
    onData: (data) => this.dispatchEvent(new RecordDataEvent(data, this.size, this.duration)),
    onStop: (file) => this.dispatchEvent(new RecordStopEvent(file)),
    onError: (error) => this.#fail(error),
  });
  readonly #lent = new SourceController(this, () => this.requestUpdate());
  readonly #beginning = new Beginning(this.#recorder, {
    wishes: this,
    stream: () => {
      this.#lent.hostUpdate();
      return this.#lent.stream;
    },
    onError: (error) => this.#fail(error),
  });
  readonly #link = new FileLink();
  #told = this.state;
  #failure: MediaKitError | null = null;

  constructor() {
    super();
    this.#recorder.store.subscribe((state) => this.#tell(state));
  }

  /** `inactive`, `recording`, `paused`, or `saving` while the file is made of what was recorded. */
  get state(): RecorderStatus {
    return this.#recorder.store.snapshot.status;
  }

  /** Of the recording, in seconds without its pauses; when it is done, what the file says. */
  get duration(): number {
    return this.#recorder.store.snapshot.duration;
  }

  /** Of the recording, in bytes. */
  get size(): number {
    return this.#recorder.store.snapshot.size;
  }

  /** MIME type of the recording with its codecs; empty before the first one. */
  get recordedType(): string {
    return this.#recorder.store.snapshot.type;
  }

  /** The last recording when it is done. It is on the disk of the browser, and goes with the page. */
  get blob(): File | null {
    return this.#recorder.store.snapshot.file;
  }

  /**
   * Begins a recording: into `file`, a handle of the File System Access API, where it is given, else into a file on the disk
   * of the browser. Rejects with `bad-input` where there is nothing to record, `unsupported` where the browser cannot,
   * `aborted` during a recording, when it is stopped before it began, or when the user, asked for a place, gave none.
   */
  async start({ file }: Pick<RecordTarget, 'file'> = {}): Promise<void> {
    await this.#try(() => this.#beginning.begin({ file }, !file && this.ask));
  }

  /**
   * Begins a recording that goes to a stream as it comes, and nowhere else; the stream is closed at its end, of which it
   * resolves. Rejects as `start()`, and where the stream takes no more, or nothing for a minute after the end.
   */
  async pipeTo(writable: WritableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    await this.#try(() => this.#beginning.begin({ writable }));
    await this.#recorder.saved;
  }

  /** Holds on. */
  pause(): void {
    this.#recorder.pause();
  }

  /** Goes on after a pause. */
  resume(): void {
    this.#recorder.resume();
  }

  /**
   * Ends the recording; resolves when it is whole, with its file: null where it went to a stream, or nothing came. Rejects
   * where it could not be saved. Without a recording, what the last one came to.
   */
  async stop(): Promise<File | null> {
    this.#beginning.cancel();
    this.#recorder.stop();
    return this.#recorder.saved;
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    const { state } = this;
    return {
      recording: state === 'recording',
      paused: state === 'paused',
      saving: state === 'saving',
      done: this.blob !== null,
      failed: this.#failure !== null,
    };
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.internals.role = 'group';
    this.internals.ariaLabel = this.word('label');
  }

  protected override release(): void {
    super.release();
    this.#beginning.cancel();
    this.#recorder.stop();
    this.#lent.release();
    this.#link.release();
  }

  protected override render(): TemplateResult {
    const { state: status, duration, size, blob } = this;
    // What is out of the document is drawn, too, and would take what was given back.
    const url = this.isConnected ? this.#link.of(blob) : null;
    return view(
      {
        ...{ status, duration, size },
        usable: this.#lent.stream?.active ?? false,
        saved: url ? { name: blob!.name, url } : null,
        failure: this.#failure && this.explain(this.#failure),
        locale: localeOf(languageOf(this)),
        text: (key, values) => this.word(key, values),
      },
      { record: () => this.#toggle(), hold: () => (status === 'paused' ? this.resume() : this.pause()) },
    );
  }

  #toggle(): void {
    const idle = this.state === 'inactive';
    if (this.#beginning.pending || this.state === 'saving') return;
    // Nobody tells when the last track of a stream has ended.
    if (idle && !this.#lent.stream?.active) return this.requestUpdate();
    // The method has fired `error` itself.
    (idle ? this.start() : this.stop()).catch(() => {});
  }

  async #try<T>(run: () => T | Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      // One that is refused says nothing of the recording that goes on.
      if (this.state === 'inactive' && !this.#beginning.pending) this.#fail(thrown as MediaKitError);
      else this.reportError(thrown as MediaKitError);
      throw thrown;
    }
  }

  #fail(error: MediaKitError): void {
    this.#failure = error;
    this.reportError(error);
    this.requestUpdate();
  }

  #tell(state: RecorderState): void {
    const before = this.#told;
    this.#told = state.status;
    if (state.status !== before) {
      // Of the last recording.
      if (before === 'inactive') this.#failure = null;
      this.dispatchEvent(new RecorderStateChangeEvent(state.status));
    }
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'stream-recorder': StreamRecorder;
  }
}
