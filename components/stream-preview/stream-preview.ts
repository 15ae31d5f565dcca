import type { PropertyValues, TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { CaptureState } from '../engine/capture/capturer.js';
import type { CapturePermission } from '../engine/capture/permission.js';
import { AutoplayBlockedEvent, StreamChangeEvent } from '../internal/events.js';
import { KitElement, type Commands } from '../internal/kit-element.js';
import { OnDemand } from '../internal/on-demand.js';
import { SourceController } from '../internal/source-controller.js';
import { Adjusting } from './adjusting.js';
import { Capturing } from './capturing.js';
import type { PlaybackState } from './playback.js';
import { Playing } from './playing.js';
import { Presenting } from './presenting.js';
import { PreviewStateChangeEvent } from './stream-preview.events.js';
import { isMirrored, previewState, previewStates } from './stream-preview.state.js';
import type { Mirror, PreviewState } from './stream-preview.state.js';
import { strings, type Text } from './stream-preview.strings.js';
import { styles } from './stream-preview.styles.js';
import { view, type PreviewModel } from './stream-preview.view.js';

/** What is heard of the `<video>`, and fired once more, but for `ended`. */
const MEDIA_EVENTS =
  'play playing pause resize loadedmetadata volumechange ended enterpictureinpicture leavepictureinpicture'.split(
    ' ',
  );

/** What the page was told last. */
interface Told extends PlaybackState, Pick<CaptureState, 'error' | 'interrupted'> {
  readonly state: PreviewState;
}

/**
 * Shows a stream, and can capture one: a camera with its microphone, or a display. It is a source itself.
 *
 * What it captures goes before `srcObject`, which goes before `source`. Setting `srcObject` ends a capture.
 *
 * @element stream-preview
 * @slot placeholder - Shown before the first picture, in place of the icon.
 * @slot overlay - Lies over the picture.
 * @slot permission - What leads to the question for permission, or out of its refusal, while it is needed; in place of a button that starts. A `<usermedia>` here hands its stream over.
 * @slot controls - In place of the bar that `controls` shows.
 * @slot error - Shown when capturing failed, in place of the message.
 * @fires {StreamChangeEvent} stream-change - `stream` is another one, or its tracks changed.
 * @fires {PreviewStateChangeEvent} preview-state-change - `state` is another one.
 * @fires {PermissionChangeEvent} permission-change - `permission` is another one.
 * @fires {DeviceLostEvent} device-lost - A device that is captured went away: `device`. Another one takes over in the same stream, if there is one.
 * @fires {DeviceRestoredEvent} device-restored - A device that went away is captured again: `device`.
 * @fires {CaptureInterruptedEvent} capture-interrupted - The system has muted what is captured, as during a phone call.
 * @fires {CaptureResumedEvent} capture-resumed - What the system has muted goes on.
 * @fires {AutoplayBlockedEvent} autoplay-blocked - The browser wants a click before it plays; a button is shown.
 * @fires {ErrorEvent} error - Something failed; `error` is the `MediaKitError` that the promise was rejected with.
 * @fires {MediaStreamTrackEvent} addtrack - A track was added to the stream, by the browser or in the place of another one.
 * @fires {MediaStreamTrackEvent} removetrack - The browser removed a track from the stream.
 * @fires {Event} play - As on `<video>`.
 * @fires {Event} playing - As on `<video>`.
 * @fires {Event} pause - As on `<video>`.
 * @fires {Event} resize - The picture has another size: `videoWidth`, `videoHeight`.
 * @fires {Event} loadedmetadata - As on `<video>`.
 * @fires {Event} volumechange - `volume` or the muting changed.
 * @fires {PictureInPictureEvent} enterpictureinpicture - As on `<video>`.
 * @fires {PictureInPictureEvent} leavepictureinpicture - As on `<video>`.
 * @csspart video - The `<video>`.
 * @csspart poster - The picture that `poster` names.
 * @csspart placeholder - What is shown before the first picture.
 * @csspart status - The words about the state.
 * @csspart overlay - The layer over the picture.
 * @csspart play-button - The button that is shown when the browser wants a click first.
 * @csspart continue-button - The button that leads to the question for permission, or to another try.
 * @csspart controls - The bar at the lower edge.
 * @cssprop [--stream-preview-aspect-ratio=16 / 9] - Width to height of the box.
 * @cssprop [--stream-preview-radius=12px] - Radius of the corners.
 * @cssprop [--stream-preview-background] - Behind the placeholder.
 * @cssprop [--stream-preview-letterbox=#000] - Beside a picture that does not fill the box.
 * @cssstate empty - There is nothing to show.
 * @cssstate starting - A capture was asked for.
 * @cssstate live - A stream is shown.
 * @cssstate blocked - The browser wants a click before it plays.
 * @cssstate lost - It waits for a device that was unplugged.
 * @cssstate ended - Every track has ended.
 * @cssstate failed - The capture failed.
 * @cssstate interrupted - The system has muted what is captured.
 * @cssstate camera-off - Our own camera was switched off.
 * @cssstate audio-only - The stream has sound and no picture.
 * @cssstate mirrored - The picture is shown as in a mirror.
 */
export class StreamPreview extends Adjusting(Capturing(Presenting(Playing(KitElement)))) {
  static override readonly styles = styles;
  static override readonly strings = strings;
  static override readonly commands: Commands = {
    '--start': 'start',
    '--stop': 'stop',
    '--play': 'play',
    '--pause': 'pause',
    '--toggle-audio': 'toggleAudio',
    '--toggle-video': 'toggleVideo',
    '--switch-camera': 'switchCamera',
    '--picture-in-picture': 'requestPictureInPicture',
    '--full-screen': 'requestFullscreen',
  };

  /** Id of the element, in the same root, whose stream to show. */
  @property() source: string | null = null;
  /** Show the picture as in a mirror: `auto` does for a camera that faces the user. Never a display. */
  @property() mirror: Mirror = 'auto';
  /** Show the whole picture, or fill the box with it. */
  @property() fit: 'contain' | 'cover' = 'contain';
  /** Show buttons to play, mute, fill the screen and so on. Letters do the same while one of them has the focus: `k` plays, `m` mutes, `v` is the camera, `f` the screen, `i` a window. */
  @property({ type: Boolean }) controls = false;

  readonly #lent = new SourceController(this, () => this.#show());
  readonly #question = new OnDemand(this, () => import('./question.js'));
  readonly #bar = new OnDemand(this, () => import('./controls.js'));
  readonly #playButton = new OnDemand(this, () => import('./play-button.js'));
  readonly #text: Text = this.word.bind(this);
  #connection: AbortSignal | undefined;
  /** The captured tracks when they were looked at last. */
  #seen: readonly MediaStreamTrack[] = [];
  #told: Told = { ...this.capturer.store.snapshot, ...this.playback.store.snapshot, state: 'empty' };

  constructor() {
    super();
    this.capturer.store.subscribe(({ tracks }) => {
      this.#show();
      this.#tell();
      if (tracks === this.#seen) return;
      this.#seen = tracks;
      this.applyEnabled();
    });
    this.playback.store.subscribe(() => this.#tell());
  }

  /** Where the preview stands. */
  get state(): PreviewState {
    const { capturer, playback } = this;
    return previewState({
      ...playback.store.snapshot,
      capture: capturer.store.snapshot,
      rests: capturer.rests,
    });
  }

  /** Whether what `capture` asks for is permitted. What was refused begins by itself when it is allowed. */
  get permission(): CapturePermission {
    return this.capturer.own?.permission ?? 'unknown';
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    const { state, audioOnly, cameraOff, mirrored } = this.#model();
    const { interrupted } = this.capturer.store.snapshot;
    const states = Object.fromEntries(previewStates.map((name) => [name, name === state]));
    return { ...states, 'audio-only': audioOnly, 'camera-off': cameraOff, interrupted, mirrored };
  }

  protected override connected(signal: AbortSignal): void {
    this.#connection = signal;
    this.playback.connect(signal);
    this.addEventListener('fullscreenchange', () => this.requestUpdate(), { signal });
  }

  protected override update(changed: PropertyValues): void {
    this.#show();
    if (changed.has('persist') && this.persist) void this.recall();
    const focused = this.shadowRoot?.activeElement;
    super.update(changed);
    // A button that was pressed may go, or the whole bar: the next one comes after the picture.
    if (focused?.isConnected === false) this.playback.video!.focus();
    this.#prepare();
  }

  protected override firstUpdated(): void {
    const video = this.renderRoot.querySelector('video')!;
    for (const type of MEDIA_EVENTS) video.addEventListener(type, (event) => this.#onMedia(event));
    this.playback.attach(video);
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
    const model = this.#model();
    const question = model.plight?.part ? this.#question.get() : null;
    const bar = this.#bar.get(this.controls);
    const isBlocked = model.state === 'blocked';
    const button = this.#playButton.get(isBlocked);
    return view(model, {
      playButton: isBlocked ? button?.renderPlayButton(this, model) : undefined,
      question: question?.renderQuestion(this, model, (event) => this.capturer.own!.offered(event)),
      bar: this.controls && model.state === 'live' ? bar?.renderControls(this, model) : undefined,
    });
  }

  /** Has ready what a click will need, where something is to be captured. */
  #prepare(): void {
    const { wanted } = this;
    if (!wanted || !this.#connection) return;
    if (this.capturer.own) this.capturer.own.follow(wanted, this.#connection);
    // Who starts is told.
    else this.capturer.load().catch(() => {});
  }

  #model(): PreviewModel {
    const { state } = this;
    const { stream: captured, display, error } = this.capturer.store.snapshot;
    const { tracks } = this.playback.store.snapshot;
    const picture = tracks.find(({ kind }) => kind === 'video');
    const from = display ? 'display' : this.capture === 'environment' ? 'environment' : 'user';
    const cameraOff = !display && !this.videoEnabled && Boolean(captured?.getVideoTracks().length);
    const trouble = error && this.explain(error);
    const view = { state, cameraOff, captures: this.capture !== null };
    return {
      state,
      plight: this.capturer.own?.plight(view, trouble, this.#text) ?? null,
      cameraOff,
      failure: state === 'failed' ? trouble : null,
      audioOnly: tracks.length > 0 && !picture && !cameraOff,
      picture: picture !== undefined && !cameraOff && this.videoWidth > 0,
      mirrored: isMirrored(this.mirror, captured && from, picture?.getSettings() ?? {}),
      cover: this.fit === 'cover',
      poster: this.poster,
      own: captured !== null,
      display,
      text: this.#text,
    };
  }

  /** What was captured here goes first, and is muted: a microphone would hear itself. */
  #show(): void {
    const { stream: captured } = this.capturer.store.snapshot;
    this.playback.show(captured ?? this.#lent.stream, this.muted || captured !== null);
  }

  /** Fires what has changed since the last time. */
  #tell(): void {
    const before = this.#told;
    const { error, interrupted } = this.capturer.store.snapshot;
    const { state } = this;
    const now = (this.#told = { state, error, interrupted, ...this.playback.store.snapshot });
    this.requestUpdate();
    // Another stream has another list of tracks.
    if (now.tracks !== before.tracks) this.dispatchEvent(new StreamChangeEvent(now.stream));
    if (now.blocked && !before.blocked) this.dispatchEvent(new AutoplayBlockedEvent());
    if (now.state !== before.state) this.dispatchEvent(new PreviewStateChangeEvent(now.state));
    if (!interrupted && before.interrupted) this.playback.resume();
    if (error && error !== before.error) this.reportError(error);
  }

  #onMedia(event: Event): void {
    // Every track is over, perhaps stopped by a method, of which no other event tells.
    if (event.type === 'ended') return this.playback.refresh();
    if (event.type === 'volumechange') {
      // Browsers have buttons of their own, as in their picture-in-picture.
      if (this.getAudioTracks().length && !this.capturer.store.snapshot.stream)
        this.muted = this.playback.video!.muted;
      void this.remember({ volume: this.volume });
    }
    this.refire(event);
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'stream-preview': StreamPreview;
  }
}
