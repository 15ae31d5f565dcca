import { html, nothing, type TemplateResult } from 'lit';
import type { CallState, PeerState } from '../engine/call/room.js';
import { isActive, isInside } from './call.js';
import { cameraIcon, microphoneIcon, peopleIcon } from './icons.js';
import type { Text } from './peer-call.strings.js';

/** What the tiles need to know beside the state of the call. */
export interface TilesView {
  readonly state: CallState;
  /** The ids of the others, in the order of their tiles. */
  readonly seats: readonly (string | null)[];
  /** Our own name. */
  readonly name: string;
  /** Whether our own picture is shown as in a mirror. */
  readonly mirrored: boolean;
  readonly text: Text;
}

interface Tile {
  readonly part: string;
  /** Written on the tile. */
  readonly label: string;
  /** Gives the avatar its letter. */
  readonly name: string;
  readonly picture: MediaStream | null;
  /** Played aloud. */
  readonly sound: MediaStream | null;
  readonly audio: boolean;
  readonly video: boolean;
  readonly mirrored?: boolean;
  readonly trouble?: string;
}

/** The screens that are shared, larger than the people, and the people: the others first, ourselves last. */
export function renderTiles(view: TilesView): TemplateResult {
  const { state, seats, text } = view;
  const { peers, localStream, localScreen } = state;
  const seated = seats.map((id) => peers.find((peer) => peer.id === id));
  const sharing = localScreen !== null || peers.some(({ screen }) => screen);
  return html`
    <div class="layout ${sharing ? 'sharing' : ''}">
      ${
        sharing
          ? html`
              <div class="box">
                <div class="tiles">
                  ${seated.map((peer) => (peer?.screen ? renderScreen(peer, peer.screen, text) : nothing))}
                  ${localScreen ? renderScreen(null, localScreen, text) : nothing}
                </div>
              </div>
            `
          : nothing
      }
      <div class="box" part="grid">
        <div class="tiles">
          ${seated.map((peer) => (peer ? renderPerson(remote(peer, text), text) : nothing))}
          ${peers.length ? nothing : renderWaiting(state, text)}
          ${localStream ? renderPerson(local(view), text) : nothing}
        </div>
      </div>
    </div>
  `;
}

/**
 * Who sits where, by id: whoever is there keeps the seat, and a newcomer takes the first that is free. So no picture
 * has to begin anew because somebody else has left.
 */
export function seat(before: readonly (string | null)[], ids: readonly string[]): readonly (string | null)[] {
  const seats = before.map((id) => (id !== null && ids.includes(id) ? id : null));
  for (const id of ids.filter((one) => !seats.includes(one))) {
    const free = seats.indexOf(null);
    seats[free < 0 ? seats.length : free] = id;
  }
  return seats;
}

function remote(peer: PeerState, text: Text): Tile {
  const { stream, audio, video } = peer;
  const name = peer.name || text('guest');
  return {
    part: 'tile',
    label: name,
    name,
    picture: stream,
    sound: stream,
    audio,
    video,
    trouble: troubles[peer.connectionState],
  };
}

function local({ state, name, mirrored, text }: TilesView): Tile {
  return {
    part: 'tile tile-local',
    label: name ? text('named-you', { name }) : text('you'),
    name: name || text('you'),
    picture: state.localStream,
    sound: null,
    audio: state.audio,
    video: state.video,
    mirrored,
  };
}

/** The key of what a tile says about its connection; nothing when all is well. */
const troubles: Partial<Record<RTCPeerConnectionState, string>> = {
  new: 'connecting',
  connecting: 'connecting',
  disconnected: 'reconnecting',
  failed: 'reconnecting',
};

function renderPerson(tile: Tile, text: Text): TemplateResult {
  const look = `${tile.mirrored ? 'mirrored' : ''} ${tile.video && tile.picture ? '' : 'off'}`;
  return html`
    <div class="tile" part=${tile.part} role="group" aria-label=${tile.label}>
      <span class="avatar" aria-hidden="true">${initial(tile.name)}</span>
      ${renderMedia(tile.picture, tile.sound, look)}
      <span class="label" part="name">
        <span class="who">${tile.label}</span>
        ${tile.audio ? nothing : renderMark(microphoneIcon(false), text('microphone-off'))}
        ${tile.video ? nothing : renderMark(cameraIcon(false), text('camera-off'))}
      </span>
      ${
        tile.trouble
          ? html`<span class="tile-status" part="status">
              <span class="spinner"></span><span class="who">${text(tile.trouble)}</span>
            </span>`
          : nothing
      }
    </div>
  `;
}

/** The screen of a peer, or our own. */
function renderScreen(peer: PeerState | null, stream: MediaStream, text: Text): TemplateResult {
  const label = peer ? text('screen', { name: peer.name || text('guest') }) : text('your-screen');
  return html`
    <div class="tile screen" part="tile" role="group" aria-label=${label}>
      ${renderMedia(stream, peer && stream)}
      <span class="label" part="name"><span class="who">${label}</span></span>
    </div>
  `;
}

// The sound has an element of its own: a <video> stays silent until its first picture has come, which it never does
// while a camera is off. The muted picture may also play where a gesture is needed for sound.
const renderMedia = (
  picture: MediaStream | null,
  sound: MediaStream | null,
  look = '',
): TemplateResult => html`
  <video
    class=${look}
    part="video"
    autoplay
    playsinline
    aria-hidden="true"
    .muted=${true}
    .srcObject=${picture}
  ></video>
  ${sound ? html`<audio autoplay .srcObject=${sound}></audio>` : nothing}
`;

const renderMark = (icon: unknown, words: string): TemplateResult =>
  html`<span class="mark">${icon}<span class="visually-hidden">${words}</span></span>`;

/** Stands where the first of the others will be, so that nothing moves when they come. */
function renderWaiting(state: CallState, text: Text): TemplateResult {
  const words = renderMessage(text(isInside(state) ? 'waiting' : state.status));
  return html`
    <div class="tile placeholder">
      <div class="message" part="status">
        ${isActive(state) ? html`<slot name="waiting">${words}</slot>` : words}
      </div>
    </div>
  `;
}

const renderMessage = (words: string): TemplateResult =>
  html`<span class="badge">${peopleIcon()}</span>${words}`;

function initial(name: string): string {
  return [...name.trim()][0]?.toLocaleUpperCase() ?? '?';
}
