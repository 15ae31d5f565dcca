import { html, nothing, type TemplateResult } from 'lit';
import type { CallState, PeerState } from '../engine/call/room.js';
import { isActive, isInside } from '../internal/call-states.js';
import type * as Company from './company.js';
import { cameraIcon, microphoneIcon, peopleIcon } from './icons.js';
import { screenOf } from './layout.js';
import type { Text } from './peer-call.strings.js';

/** What our own tile needs to know beside the state of the call. */
export interface OwnView {
  readonly state: CallState;
  /** Our own name. */
  readonly name: string;
  /** Whether our own picture is shown as in a mirror. */
  readonly mirrored: boolean;
  readonly text: Text;
}

/** What all tiles together need to know. */
export interface TilesView extends OwnView {
  /** What is loaded when somebody else is there. */
  readonly company: typeof Company | null;
  /** The ids of the others, in the order of their tiles. */
  readonly seats: readonly (string | null)[];
  /** The tile that is shown large, if any. */
  readonly large: string | null;
  /** The tile that is to be large whoever speaks, if any. */
  readonly pinned: string | null;
  /** Whether connecting takes so long that it is worth a word. */
  readonly slow: boolean;
  readonly pin: (tile: string | null) => void;
  readonly restart: (peerId: string) => void;
}

export interface Tile {
  readonly id: string;
  /** The member from whom it comes; none for our own. */
  readonly peer?: PeerState;
  readonly part: string;
  readonly look: string;
  /** Written on the tile. */
  readonly label: string;
  /** Gives the avatar its letter. */
  readonly name?: string;
  readonly picture: MediaStream | null;
  /** Played aloud. */
  readonly sound?: MediaStream | null;
  readonly audio: boolean;
  readonly video: boolean;
}

/** The screens that are shared, larger than the people, and the people: the others first, ourselves last. */
export function renderTiles(view: TilesView): TemplateResult {
  const { state, seats, large, text } = view;
  const { peers, localStream, localScreen } = state;
  const seated = seats.map((id) => peers.find((peer) => peer.id === id));
  const sharing = localScreen !== null || peers.some(({ screen }) => screen);
  // The only one beside a large person lies in a corner of it.
  const pair = !sharing && peers.length + (localStream ? 1 : 0) === 2;
  const look = large ? `speaker ${pair ? 'pair' : ''}` : sharing ? 'sharing' : '';
  return html`
    <div
      class="layout ${look}"
      @keydown=${({ key }: KeyboardEvent) => {
        if (key === 'Escape') view.pin(null);
      }}
    >
      ${
        sharing
          ? html`
              <div class="box">
                <div class="tiles">
                  ${seated.map((peer) => (peer?.screen ? renderTile(screen(peer, view), view) : nothing))}
                  ${localScreen ? renderTile(ownScreen(view), view) : nothing}
                </div>
              </div>
            `
          : nothing
      }
      <div class="box" part="grid">
        <div class="tiles">
          ${seated.map((peer) => (peer ? renderTile(remote(peer, text), view) : nothing))}
          ${peers.length ? nothing : renderWaiting(state, text)}
          ${localStream ? renderTile(local(view), view) : nothing}
        </div>
      </div>
    </div>
  `;
}

function remote(peer: PeerState, text: Text): Tile {
  const { id, stream, audio, video } = peer;
  const name = peer.name || text('guest');
  return {
    ...{ id, peer, name, audio, video },
    part: 'tile',
    look: peer.status + (peer.speaking && audio ? ' speaking' : ''),
    label: name,
    picture: stream,
    // There is nothing to hear yet, and to open a loudspeaker would delay the first picture.
    sound: peer.status === 'connecting' ? null : stream,
  };
}

/** Our own tile. */
export function local({ state, name, mirrored, text }: OwnView): Tile {
  const { localId, localStream, audio, video } = state;
  return {
    ...{ id: localId, audio, video },
    part: 'tile tile-local',
    look: mirrored ? 'mirrored' : '',
    label: name ? text('named-you', { name }) : text('you'),
    name: name || text('you'),
    picture: localStream,
  };
}

function screen(peer: PeerState, { text }: TilesView): Tile {
  return {
    ...{ id: screenOf(peer.id), peer, audio: true, video: true },
    part: 'tile',
    look: `screen ${peer.status}`,
    label: text('screen', { name: peer.name || text('guest') }),
    picture: peer.screen,
    sound: peer.screen,
  };
}

function ownScreen({ state, text }: TilesView): Tile {
  return {
    ...{ id: screenOf(state.localId), audio: true, video: true },
    part: 'tile',
    look: 'screen',
    label: text('your-screen'),
    picture: state.localScreen,
  };
}

function renderTile(tile: Tile, view: TilesView): TemplateResult {
  const { id, peer, label } = tile;
  const { state, company, large, pinned, text, pin } = view;
  const isLarge = id === large;
  const toggle = (): void => pin(id === pinned ? null : id);
  return html`
    <div
      class="tile ${tile.look} ${isLarge ? 'large' : ''}"
      part=${isLarge ? `${tile.part} tile-large` : tile.part}
      data-tile=${id}
      role="group"
      aria-label=${label}
      @dblclick=${({ target }: Event) => {
        if (company && state.peers.length && !(target as Element).closest('button,details')) toggle();
      }}
    >
      ${renderPicture(tile)} ${peer ? company?.renderStatus(peer, view) : nothing}
      <span class="label" part="name">
        <span class="who" dir="auto">${label}</span>
        ${tile.audio ? nothing : renderMark('microphone-off', microphoneIcon(false), text)}
        ${tile.video ? nothing : renderMark('camera-off', cameraIcon(false), text)}
        ${company?.renderMarks(tile, view)}
      </span>
      ${state.peers.length ? company?.renderPin(tile, view, toggle) : nothing}
    </div>
  `;
}

// The sound has an element of its own: a <video> stays silent until its first picture has come, which it never does
// while a camera is off. The muted picture may also play where a gesture is needed for sound. Firefox would have the Tab
// key stop at each picture.
export const renderPicture = ({ name, picture, sound, video }: Tile): TemplateResult => html`
  ${name ? html`<span class="avatar" aria-hidden="true">${initial(name)}</span>` : nothing}
  <video
    class=${video && picture ? '' : 'off'}
    part="video"
    autoplay
    playsinline
    tabindex="-1"
    aria-hidden="true"
    .muted=${true}
    .stream=${picture}
  ></video>
  ${sound ? html`<audio autoplay .stream=${sound}></audio>` : nothing}
`;

export const renderMark = (key: string, icon: unknown, text: Text): TemplateResult =>
  html`<span class="mark ${key}">${icon}<span class="visually-hidden">${text(key)}</span></span>`;

/** Has each media element play the `stream` that it was rendered with. One that is assigned again would begin anew. */
export function playStreams(root: ParentNode): void {
  for (const media of root.querySelectorAll<HTMLMediaElement & { stream: MediaStream | null }>(
    'video, audio',
  )) {
    if (media.srcObject !== media.stream) media.srcObject = media.stream;
  }
}

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
