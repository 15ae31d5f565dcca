import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { MediaKitError } from '../engine/errors.js';
import { AutoplayBlockedEvent, StreamChangeEvent } from '../internal/events.js';
import { KitElement, type Commands } from '../internal/kit-element.js';
import { SourceController } from '../internal/source-controller.js';
import { Capturing } from './capturing.js';
import type { PlaybackState } from './playback.js';
import { Playing } from './playing.js';
import { PreviewStateChangeEvent } from './stream-preview.events.js';
import { isMirrored, previewState, previewStates } from './stream-preview.state.js';
import type { Mirror, PreviewState } from './stream-preview.state.js';
import { strings } from './stream-preview.strings.js';
import { styles } from './stream-preview.styles.js';
import { view, type PreviewModel } from './stream-preview.view.js';

/** What the page was told last. */
interface Told extends PlaybackState {
  readonly state: PreviewState;
  readonly error: MediaKitError | null;
}

/**
 * Shows a stream, and can capture one: a camera with its microphone, or a display. It is a source itself.
 *
 * What it captures goes before `srcObject`, which goes before `source`. Setting `srcObject` ends a capture.
 *
 * @element stream-preview
 * @slot placeholder - Shown before the first picture, in place of the icon.
 * @slot overlay - Lies over the picture.
 * @slot controls - In place of the bar that `controls` shows.
 * @slot error - Shown when capturing failed, in place of the message.
 * @fires {StreamChangeEvent} stream-change - `stream` is another one, or its tracks changed.
 * @fires {PreviewStateChangeEvent} preview-state-change - `state` is another one.
 * @fires {AutoplayBlockedEvent} autoplay-blocked - The browser wants a click before it plays; a button is shown.
 * @fires {ErrorEvent} error - Something failed; `error` is the `MediaKitError` that the promise was rejected with.
 * @fires {MediaStreamTrackEvent} addtrack - The browser added a track to the stream.
 * @fires {MediaStreamTrackEvent} removetrack - The browser removed a track from the stream.
 * @fires {Event} play - As on `<video>`.
 * @fires {Event} playing - As on `<video>`.
 * @fires {Event} pause - As on `<video>`.
 * @fires {Event} resize - The picture has another size: `videoWidth`, `videoHeight`.
 * @fires {Event} loadedmetadata - As on `<video>`.
 * @fires {Event} volumechange - `volume` or the muting changed.
 * @csspart video - The `<video>`.
 * @csspart placeholder - What is shown before the first picture.
 * @csspart status - The words about the state.
 * @csspart overlay - The layer over the picture.
 * @csspart play-button - The button that is shown when the browser wants a click first.
 * @csspart controls - The bar at the lower edge.
 * @cssprop [--stream-preview-aspect-ratio=16 / 9] - Width to height of the box.
 * @cssprop [--stream-preview-radius=12px] - Radius of the corners.
 * @cssprop [--stream-preview-background] - Behind the placeholder.
 * @cssprop [--stream-preview-letterbox=#000] - Beside a picture that does not fill the box.
 * @cssstate empty - There is nothing to show.
 * @cssstate starting - A capture was asked for.
 * @cssstate live - A stream is shown.
 * @cssstate blocked - The browser wants a click before it plays.
 * @cssstate ended - Every track has ended.
 * @cssstate failed - The capture failed.
 * @cssstate audio-only - The stream has sound and no picture.
 * @cssstate mirrored - The picture is shown as in a mirror.
 */
export class StreamPreview extends Capturing(Playing(KitElement)) {
  static override readonly styles = styles;
  static override readonly strings = strings;
  static override readonly commands: Commands = {
    '--start': 'start',
    '--stop': 'stop',
    '--play': 'play',
    '--pause': 'pause',
  };

  /** Id of the element, in the same root, whose stream to show. */
  @property() source: string | null = null;
  /** Show the picture as in a mirror: `auto` does for a camera that faces the user. Never a display. */
  @property() mirror: Mirror = 'auto';
  /** Show the whole picture, or fill the box with it. */
  @property() fit: 'contain' | 'cover' = 'contain';
  /** Show buttons to play, pause and mute. */
  @property({ type: Boolean }) controls = false;

  readonly #lent = new SourceController(this, () => this.#show());
  #told: Told = { state: 'empty', error: null, ...this.playback.store.snapshot };

  constructor() {
    super();
    this.capturer.store.subscribe(() => {
      this.#show();
      this.#tell();
    });
    this.playback.store.subscribe(() => this.#tell());
  }

  /** Where the preview stands. */
  get state(): PreviewState {
    return previewState({ capture: this.capturer.store.snapshot.status, ...this.playback.store.snapshot });
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    const { state, audioOnly, mirrored } = this.#model();
    const states = Object.fromEntries(previewStates.map((name) => [name, name === state]));
    return { ...states, 'audio-only': audioOnly, mirrored };
  }

  protected override connected(signal: AbortSignal): void {
    this.playback.connect(signal);
  }

  protected override update(changed: PropertyValues): void {
    this.#show();
    super.update(changed);
  }

  protected override firstUpdated(): void {
    this.playback.attach(this.renderRoot.querySelector('video')!);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.internals.role = 'group';
    this.internals.ariaLabel = this.word('label');
  }

  protected override release(): void {
    super.release();
    this.#lent.release();
  }

  protected override render(): TemplateResult {
    return view(this.#model(), {
      media: (event) => this.#onMedia(event),
      play: () => void this.play().catch(() => {}),
      pause: () => this.pause(),
      mute: () => (this.muted = !this.muted),
    });
  }

  #model(): PreviewModel {
    const { state, paused, muted, controls } = this;
    const { stream: captured, display, error } = this.capturer.store.snapshot;
    const { tracks } = this.playback.store.snapshot;
    const picture = tracks.find(({ kind }) => kind === 'video');
    const from = display ? 'display' : this.capture === 'environment' ? 'environment' : 'user';
    return {
      state,
      paused,
      muted,
      controls,
      failure: state === 'failed' && error ? this.explain(error) : null,
      audioOnly: tracks.length > 0 && !picture,
      picture: picture !== undefined && this.videoWidth > 0,
      mirrored: isMirrored(this.mirror, captured && from, picture?.getSettings() ?? {}),
      cover: this.fit === 'cover',
      muteButton: !captured && tracks.some(({ kind }) => kind === 'audio'),
      text: (key) => this.word(key),
    };
  }

  /** What was captured here goes first, and is muted: a microphone would hear itself. */
  #show(): void {
    const { stream } = this.capturer.store.snapshot;
    this.playback.show(stream ?? this.#lent.stream, this.muted || stream !== null);
  }

  /** Fires what has changed since the last time. */
  #tell(): void {
    const before = this.#told;
    const { error } = this.capturer.store.snapshot;
    const now = (this.#told = { state: this.state, error, ...this.playback.store.snapshot });
    this.requestUpdate();
    if (now.stream !== before.stream || now.tracks !== before.tracks) {
      this.dispatchEvent(new StreamChangeEvent(now.stream));
    }
    if (now.blocked && !before.blocked) this.dispatchEvent(new AutoplayBlockedEvent());
    if (now.state !== before.state) this.dispatchEvent(new PreviewStateChangeEvent(now.state));
    if (error && error !== before.error) this.reportError(error);
  }

  #onMedia(event: Event): void {
    // Every track is over, perhaps stopped by a method, of which no other event tells.
    if (event.type === 'ended') return this.playback.refresh();
    // Browsers have buttons of their own, as in their picture-in-picture.
    if (event.type === 'volumechange' && !this.capturer.store.snapshot.stream)
      this.muted = this.playback.video!.muted;
    this.refire(event);
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'stream-preview': StreamPreview;
  }
}
