import { html, type PropertyValues, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { MediaKitError } from '../engine/errors.js';
import { AutoplayBlockedEvent } from '../internal/events.js';
import { KitElement, type Commands } from '../internal/kit-element.js';
import { announcement, said } from './announcement.js';
import { callStates, isActive, isInside } from './call.js';
import { Calling } from './calling.js';
import { renderControls } from './controls.js';
import { renderError, renderPlayButton } from './notices.js';
import { pack } from './packing.js';
import { strings } from './peer-call.strings.js';
import { styles } from './peer-call.styles.js';
import { RovingFocus } from './roving-focus.js';
import { renderTiles, seat } from './tiles.js';

/**
 * A room of two or more that see and hear each other, with a screen of its own. It is a source itself.
 *
 * It sends `srcObject`, else the stream of `source`, else what it captures for `audio` and `video`. Where that capture
 * is refused, `join()` rejects and the room is not entered: whether to go on without a camera is the page's decision.
 * Another `room` or `signaling` during a call leaves the call and joins the new one.
 *
 * @element peer-call
 * @slot waiting - Shown until somebody else comes, in place of the message.
 * @slot controls - In place of the bar that `controls` shows.
 * @slot overlay - Lies over the tiles.
 * @slot error - In place of the message of an error.
 * @fires {CallStateChangeEvent} call-state-change - `state` is another one.
 * @fires {PeerJoinEvent} peer-join - Somebody came into the room: `peer`.
 * @fires {PeerLeaveEvent} peer-leave - Somebody left the room, or was lost for good: `peer`.
 * @fires {PeerChangeEvent} peer-change - A member's streams, microphone, camera or connection changed: `peer`.
 * @fires {StreamChangeEvent} stream-change - `stream` is another one, or its tracks changed.
 * @fires {AutoplayBlockedEvent} autoplay-blocked - The browser wants a click before it plays sound; a button is shown.
 * @fires {ErrorEvent} error - Something failed; `error` is the `MediaKitError` that the promise was rejected with.
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
 * @csspart video - The `<video>` of a tile.
 * @csspart name - The label of a tile.
 * @csspart status - Words about the state of a tile or of the call.
 * @csspart controls - The bar below the tiles.
 * @csspart play-button - The button that is shown when the browser wants a click before it plays sound.
 * @cssprop [--peer-call-aspect-ratio=16 / 10] - Width to height where the page sets no height; 3 / 4 when narrow.
 * @cssprop [--peer-call-background] - Behind the tiles.
 * @cssprop [--peer-call-tile-background] - Of a tile without a picture.
 * @cssprop [--peer-call-radius=12px] - Radius of the corners.
 * @cssprop [--peer-call-gap=0.5rem] - Between the tiles and around them.
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
export class PeerCall extends Calling(KitElement) {
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

  readonly #focus = new RovingFocus(this);
  readonly #text = this.word.bind(this);
  /** What was last said to those who do not see the call. */
  #said = '';
  #error: MediaKitError | null = null;
  #blocked = false;
  #seats: readonly (string | null)[] = [];
  #media: readonly HTMLMediaElement[] = [];

  constructor() {
    super();
    let before = this.state;
    this.call.store.subscribe((state) => {
      const words = announcement(before, state, this.word('guest'));
      if (words) this.#said = said(this.#said, this.word(...words));
      if (!isActive(state)) this.#blocked = false;
      else if (!isActive(before)) this.#error = null;
      before = state;
      this.requestUpdate();
    });
  }

  protected override get customStates(): Readonly<Record<string, boolean>> {
    return { ...callStates(this.state), blocked: this.#blocked };
  }

  protected override reportError(error: MediaKitError): void {
    // What was aborted, or declined in the browser's window for sharing, was so on purpose: nobody need be told.
    const meant = error.code === 'aborted' || (isInside(this.state) && error.code.startsWith('permission'));
    if (!meant) this.#showError(error);
    super.reportError(error);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.internals.role = 'group';
    this.internals.ariaLabel = this.word('label');
    for (const box of this.renderRoot.querySelectorAll<HTMLElement>('.tiles')) pack(box);
    this.#play();
  }

  protected override render(): TemplateResult {
    const { state, name } = this;
    const text = this.#text;
    const ids = state.peers.map(({ id }) => id);
    this.#seats = seat(this.#seats, ids);
    const tiles = { state, seats: this.#seats, name, text, mirrored: this.call.capturing };
    return html`
      <div class="call">
        <div class="stage" tabindex="-1">
          ${renderTiles(tiles)}
          <div class="overlay"><slot name="overlay"></slot></div>
          ${this.#blocked ? renderPlayButton(text, () => this.#unblock()) : ''}
          ${
            this.#error
              ? renderError(this.explain(this.#error), text, isActive(state) ? null : () => this.join(), () =>
                  this.#showError(null),
                )
              : ''
          }
        </div>
        <div class="bar" part="controls">
          <slot name="controls">${this.controls ? renderControls(this, text, this.#focus) : ''}</slot>
        </div>
        <p class="visually-hidden" role="status">${this.#said}</p>
      </div>
    `;
  }

  #showError(error: MediaKitError | null): void {
    this.#error = error;
    this.requestUpdate();
  }

  /** `autoplay` alone would not tell that the browser refused, and is not enough after a move. */
  #play(): void {
    const media = [...this.renderRoot.querySelectorAll<HTMLMediaElement>('video, audio')];
    // One that waits for its first frame would wait forever, and hold this element.
    for (const gone of this.#media) if (!media.includes(gone)) gone.srcObject = null;
    this.#media = media;
    if (this.#blocked || !this.isConnected) return;
    // Any other refusal only says that the stream was changed once more.
    const refused = ({ name }: Error): void => void (name === 'NotAllowedError' && this.#block());
    for (const one of media) if (one.srcObject && one.paused) one.play().catch(refused);
  }

  #block(): void {
    if (this.#blocked) return;
    this.#blocked = true;
    this.requestUpdate();
    this.dispatchEvent(new AutoplayBlockedEvent());
  }

  #unblock(): void {
    this.#blocked = false;
    this.requestUpdate();
    this.#play();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'peer-call': PeerCall;
  }
}
