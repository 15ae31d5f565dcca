import { html, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { PeerStatus } from '../engine/call/pair.js';
import type { CallState } from '../engine/call/room.js';
import type { MediaKitError } from '../engine/errors.js';
import { callStates, isActive, isInside } from '../internal/call-states.js';
import { AutoplayBlockedEvent } from '../internal/events.js';
import { KitElement, type Commands } from '../internal/kit-element.js';
import { OnDemand } from '../internal/on-demand.js';
import type { RovingFocus } from '../internal/roving-focus.js';
import { Arranging } from './arranging.js';
import { Calling } from './calling.js';
import { Data } from './data.js';
import { Lasting } from './lasting.js';
import { seat } from './layout.js';
import { renderError, type Way } from './notices.js';
import { pack } from './packing.js';
import { strings } from './peer-call.strings.js';
import { styles } from './peer-call.styles.js';
import { Playback } from './playback.js';
import { Reaching } from './reaching.js';
import { Sending } from './sending.js';
import type { Notices } from './problems.js';
import { playStreams, renderTiles } from './tiles.js';

/** How long the screen may lag behind a call that comes up, in ms. */
const DRAWING = 100;

/**
 * A room of two or more that see and hear each other, with a screen of its own. It is a source itself.
 *
 * It sends `srcObject`, else the stream of `source`, else what it captures for `audio` and `video`. Where that capture
 * is refused, `join()` rejects and the room is not entered: whether to go on without a camera is the page's decision.
 * Another `room` or `signaling` during a call leaves the call and joins the new one.
 *
 * @element peer-call
 * @slot lobby - In place of what `lobby` shows before joining.
 * @slot waiting - Shown until somebody else comes, in place of the message.
 * @slot controls - In place of the bar that `controls` shows.
 * @slot overlay - Lies over the tiles.
 * @slot error - In place of the message of an error.
 * @fires {CallStateChangeEvent} call-state-change - `state` is another one.
 * @fires {PeerJoinEvent} peer-join - Somebody came into the room: `peer`.
 * @fires {PeerLeaveEvent} peer-leave - Somebody left the room, or was lost for good: `peer`.
 * @fires {PeerChangeEvent} peer-change - A member's streams, microphone, camera or connection changed: `peer`.
 * @fires {SpeakerChangeEvent} speaker-change - Another member is the one who speaks: `peerId`.
 * @fires {CallIssueEvent} call-issue - A named problem of the call began or ended: `issue`.
 * @fires {StreamChangeEvent} stream-change - `stream` is another one, or its tracks changed.
 * @fires {PeerMessageEvent} message - A member has sent a message: `from`, `data`.
 * @fires {FileOfferEvent} file-offer - A member offers a file: `from`, `transfer`. Accepted up to 256 MiB from each member, unless it is prevented and answered by `accept()` or `refuse()`.
 * @fires {FileProgressEvent} file-progress - A file that is sent or comes stands elsewhere: `transfer`.
 * @fires {FileEvent} file - A file has arrived whole: `from`, `file`, `transfer`.
 * @fires {LocalStreamChangeEvent} local-stream-change - The tracks of `localStream` changed, and it is the same stream: another device took over, or the camera is back.
 * @fires {DeviceLostEvent} device-lost - A device that the call captures went away: `device`. Another one takes over without a negotiation, if there is one.
 * @fires {DeviceRestoredEvent} device-restored - A device that went away is captured again: `device`.
 * @fires {CaptureInterruptedEvent} capture-interrupted - The system has muted what the call captures, as during a phone call.
 * @fires {CaptureResumedEvent} capture-resumed - What the system has muted goes on.
 * @fires {AutoplayBlockedEvent} autoplay-blocked - The browser wants a click before it plays sound; a button is shown.
 * @fires {ErrorEvent} error - Something failed: `error` is a `MediaKitError`, the one that the promise was rejected with where there is a promise.
 * @fires {PeerEvent} track - As on `RTCPeerConnection`, with `peerId`, as all that follow.
 * @fires {PeerEvent} datachannel - The peer opened a data channel.
 * @fires {PeerEvent} negotiationneeded - The connection is about to negotiate.
 * @fires {PeerEvent} icecandidate - A candidate of ours was found.
 * @fires {PeerEvent} icecandidateerror - A server gave no candidate.
 * @fires {PeerEvent} iceconnectionstatechange - The state of ICE changed.
 * @fires {PeerEvent} connectionstatechange - The state of the connection changed.
 * @fires {PeerEvent} signalingstatechange - The state of the negotiation changed.
 * @csspart grid - The area of the people's tiles.
 * @csspart tile - A tile: a member, or a shared screen.
 * @csspart tile-local - Our own tile.
 * @csspart tile-large - The tile that is shown large.
 * @csspart video - The `<video>` of a tile.
 * @csspart name - The label of a tile.
 * @csspart status - Words about the state of a tile or of the call.
 * @csspart verification - The security code of a tile, with the button that shows it.
 * @csspart pin-button - The button of a tile that keeps it large.
 * @csspart lobby - What is shown before joining.
 * @csspart notice - Words about a problem of the call.
 * @csspart controls - The bar below the tiles.
 * @csspart button - A button of the bar, and of the picture in the lobby.
 * @csspart play-button - The button that is shown when the browser wants a click before it plays sound.
 * @cssprop [--peer-call-aspect-ratio=16 / 10] - Width to height where the page sets no height; 3 / 4 when narrow.
 * @cssprop [--peer-call-background] - Behind the tiles.
 * @cssprop [--peer-call-tile-background] - Of a tile without a picture.
 * @cssprop [--peer-call-radius=12px] - Radius of the corners.
 * @cssprop [--peer-call-gap=0.5em] - Between the tiles and around them.
 * @cssprop [--peer-call-fit=cover] - `object-fit` of the people's pictures.
 * @cssstate idle - Not joined yet.
 * @cssstate joining - On the way into the room.
 * @cssstate waiting - Joined, and nobody else is there.
 * @cssstate connecting - Connecting to the first of the others.
 * @cssstate connected - Connected.
 * @cssstate reconnecting - The connection was lost and is being brought back.
 * @cssstate left - The call was left.
 * @cssstate alone - In the room without anybody else.
 * @cssstate sharing - We share a screen.
 * @cssstate muted - In the call with the microphone off.
 * @cssstate camera-off - In the call with the camera off.
 * @cssstate blocked - The browser wants a click before it plays sound.
 */
export class PeerCall extends Arranging(Data(Reaching(Sending(Calling(KitElement))))) {
  static override readonly styles = styles;
  static override readonly strings = strings;
  static override readonly commands: Commands = {
    '--join': 'join',
    '--leave': 'leave',
    '--toggle-audio': 'toggleAudio',
    '--toggle-video': 'toggleVideo',
    '--share-screen': 'shareScreen',
  };

  /** Show buttons for microphone, camera, screen, joining and leaving. */
  @property({ type: Boolean }) controls = false;

  readonly #playback = new Playback(this, () => {
    this.#say(this.word('play'));
    this.dispatchEvent(new AutoplayBlockedEvent());
  });
  readonly #active = new Lasting(this);
  readonly #connecting = new Lasting(this);
  readonly #connected = new Lasting(this);
  readonly #text = this.word.bind(this);
  /** What the call was like when it was last told to those who do not see it. */
  #heard: CallState;
  /** What is to be said to them with the next update, and what was with the last one. */
  #words: readonly string[] = [];
  #said = '';
  #error: MediaKitError | null = null;
  #notices: Notices | undefined;
  #notice: string | undefined;
  /** What had the focus before the update. */
  #focused: Element | null | undefined;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  /** How long it was to wait. */
  #delay = 0;
  #seats: readonly (string | null)[] = [];
  #focus: RovingFocus | undefined;
  readonly #bar = new OnDemand(
    this,
    () => import('./controls.js'),
    ({ RovingFocus }) => (this.#focus = new RovingFocus(this)),
  );
  readonly #speech = new OnDemand(this, () => import('./announcement.js'));
  readonly #lobby = new OnDemand(this, () => import('./lobby.js'));
  readonly #company = new OnDemand(
    this,
    () => import('./company.js'),
    ({ Notices, Viewing }) => {
      this.#notices = new Notices();
      new Viewing(this, (id, view) => this.call.room.setView(id, view));
    },
  );

  constructor() {
    super();
    let before = this.state;
    this.#heard = before;
    this.call.store.subscribe((state) => {
      if (!isActive(state)) this.#playback.reset();
      else if (!isActive(before)) this.#begin();
      const comesUp = state.status !== before.status || state.peers !== before.peers;
      before = state;
      // The timers of a hidden page rest.
      if (isActive(state) && comesUp && !document.hidden) this.#drawIn(this.stream ? 0 : DRAWING);
      else this.#draw();
    });
  }

  /** The id of the speaker that was chosen for the sound, also while it is unplugged; the empty text is the system's own. */
  get sinkId(): string {
    return this.#playback.sinkId;
  }

  /** Plays the sound through this speaker, and through the system's own while it is unplugged; the empty text is the system's own. Rejects with `device-not-found`, `permission-denied`, or `unsupported` where the browser knows but one. */
  setSinkId(sinkId: string): Promise<void> {
    return this.try(() => this.#playback.setSinkId(sinkId));
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    return { ...callStates(this.state), blocked: this.#playback.blocked };
  }

  protected override reportError(error: MediaKitError, quiet = false): void {
    if (!quiet) this.#showError(error);
    super.reportError(error);
  }

  protected override getUpdateComplete(): Promise<boolean> {
    // Whoever waits for it gets what is late.
    if (this.#drawing) this.#draw();
    return super.getUpdateComplete();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const { activeElement } = this.getRootNode() as Document | ShadowRoot;
    // What a page has put into a slot is seen no more when that goes.
    this.#focused = this.shadowRoot?.activeElement ?? (this.contains(activeElement) ? activeElement : null);
    const { state } = this;
    this.#announce();
    this.#seats = seat(
      this.#seats,
      state.peers.map(({ id }) => id),
    );
    const notice = this.#notices?.next(state, this.#text);
    if (notice !== this.#notice) this.#say(notice);
    this.#notice = notice;
    if (this.hasUpdated && isInside(state))
      this.#say(this.#company.get(false)?.arrangement(changed, state, this, this.#text));
    this.#speak();
  }

  protected override update(changed: PropertyValues): void {
    super.update(changed);
    playStreams(this.shadowRoot!);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.internals.role = 'group';
    this.internals.ariaLabel = this.word('label');
    for (const box of this.renderRoot.querySelectorAll<HTMLElement>('.tiles')) pack(box);
    if (this.#focused?.checkVisibility() === false) this.#keepFocus();
  }

  protected override render(): TemplateResult {
    const { state, name, room, layout, pinned } = this;
    const text = this.#text;
    const seats = this.#seats;
    const own = { state, name, mirrored: this.call.capturing, text };
    const before = this.lobby && !isInside(state);
    const entrance = before ? this.#lobby.get() : null;
    // Without the lobby's buttons there have to be others.
    const outside = before && !this.#lobby.failed;
    const bar = this.controls || this.#lobby.failed;
    const controls = this.#bar.get(bar);
    const are = (wanted: PeerStatus): boolean => state.peers.some(({ status }) => status === wanted);
    const slow = this.#connecting.check(are('connecting'));
    const settled = this.#connected.check(are('connected'));
    const { blocked, unblock } = this.#playback;
    const company = this.#company.get(slow || settled || blocked || isNeeded(this));
    const large = company?.largeTile(state, seats, layout, pinned) ?? null;
    return html`
      <div class="call">
        <div class="stage" tabindex="-1">
          ${
            outside
              ? html`<slot name="lobby">${entrance?.renderLobby(this, { ...own, room })}</slot>`
              : renderTiles({
                  ...{ ...own, company, seats, large, pinned, slow },
                  pin: (tile) => this.pin(tile),
                  restart: (id) => this.restartIce(id),
                })
          }
          <div class="overlay"><slot name="overlay"></slot></div>
          ${this.#renderNotice()}
        </div>
        ${blocked ? company?.renderPlayButton(text, unblock) : ''}
        <div class="bar" part="controls">
          <slot name="controls">
            ${
              bar && !outside
                ? (controls?.renderControls(this, text, this.#focus!, large !== null) ??
                  html`<div class="toolbar"></div>`)
                : ''
            }
          </slot>
        </div>
        <p class="visually-hidden" role="status">${this.#said}</p>
      </div>
    `;
  }

  #renderNotice(): TemplateResult | string {
    const text = this.#text;
    const error = this.#error;
    if (error) return renderError(this.explain(error), text, this.#ways(error), () => this.#showError(null));
    const notice = this.#notice;
    if (!notice) return '';
    return this.#company.get()!.renderNotice(notice, text, () => {
      this.#notices!.dismiss(notice);
      this.requestUpdate();
    });
  }

  /** What had it went away, such as a notice that was dismissed. */
  #keepFocus(): void {
    const root = this.shadowRoot!;
    for (const place of ['[role="toolbar"] button:not([tabindex="-1"])', '.stage']) {
      if (!root.activeElement) root.querySelector<HTMLElement>(place)?.focus();
    }
  }

  /** What can be done about an error. In the call it needs no more than to be read. */
  #ways({ code }: MediaKitError): Way[] {
    if (isActive(this.state)) return [['dismiss']];
    const refused = this.lobby && /^(permission|device|over|insecure)/.test(code);
    if (!refused) return [['try-again', () => this.join()], ['dismiss']];
    return [['try-again', () => this.prepare()], ['join-anyway', () => this.enter(false)], ['dismiss']];
  }

  #draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    this.requestUpdate();
  }

  /** What comes up may be drawn late: nobody sees so short a way to the first picture, and drawing at once would delay its answer. */
  #drawIn(delay: number): void {
    if (this.#drawing && delay >= this.#delay) return;
    this.#delay = delay;
    clearTimeout(this.#drawing);
    this.#drawing = setTimeout(() => this.#draw(), delay);
  }

  #showError(error: MediaKitError | null): void {
    this.#error = error;
    this.requestUpdate();
  }

  /** The screen of another call is to be whole, and without what went wrong in the last one. */
  #begin(): void {
    this.#error = null;
    for (const part of [this.#lobby, this.#bar, this.#company, this.#speech]) part.retry();
  }

  /** What happened before there are words for it is told then. */
  #announce(): void {
    const { state } = this;
    const speech = this.#speech.get(this.#active.check(isActive(state)));
    if (!speech) return;
    const words = speech.announcement(this.#heard, state, this.word('guest'));
    if (words) this.#say(this.word(...words));
    this.#heard = state;
  }

  #say(words: string | undefined): void {
    if (words) this.#words = [...this.#words, words];
  }

  /** The same words again get a space of no width: nobody would hear a text that stays as it is. */
  #speak(): void {
    const words = this.#words.join('. ');
    if (words) this.#said = words === this.#said ? `${words}\u200b` : words;
    this.#words = [];
  }
}

/** What is loaded for a company is of no use while a call comes up, and would only delay that. */
const isNeeded = ({ state: { issues, peers, reachable }, layout, pinned }: PeerCall): boolean =>
  !reachable ||
  issues.length > 0 ||
  peers.some(({ status }) => pinned || layout === 'speaker' || !/^connect/.test(status));

declare global {
  interface HTMLElementTagNameMap {
    'peer-call': PeerCall;
  }
}
