import { codecNames } from './codecs.js';
import { budgetFor, pictureEncoding, scaleFor, UNTOUCHED, weightOf, type Picture } from './encodings.js';
import type { ViewBody } from './frames.js';
import type { LocalMedia, Slot } from './local-media.js';
import { SenderParameters } from './sender-parameters.js';
import { Uplink, type Claimant } from './uplink.js';

/** What one connection sends. */
export interface Tuned extends Claimant {
  /** What carries each slot, for as long as it is the same object. */
  readonly lanes: ReadonlyMap<Slot, { readonly transceiver: RTCRtpTransceiver }>;
  /** How large the peer shows us, as far as it has told. */
  readonly view: Partial<ViewBody>;
  /** How many others are sent to. */
  readonly crowd: number;
}

/** How one lane is tuned. */
interface State {
  readonly parameters: SenderParameters;
  /** By how much the picture is made smaller for its viewer. */
  scale: number;
}

/** How much of the local media is sent over each connection. */
export class Tuning {
  readonly #media: LocalMedia;
  /** What goes out of here over all connections together. */
  readonly #uplink = new Uplink();
  readonly #states = new WeakMap<object, State>();

  constructor(media: LocalMedia) {
    this.#media = media;
  }

  /** Gives each sender of this connection how it is to send now. */
  tune(connection: Tuned): void {
    if (connection.closed) return;
    const { outgoing, sending } = this.#media;
    const { lanes, view, crowd } = connection;
    const parts = outgoing.flatMap(({ slot, kind, track }) => {
      const lane = lanes.get(slot);
      if (!lane || !track) return [];
      const state = this.#stateOf(lane);
      return [{ kind, state, picture: pictureOf(slot, track, view, state) }];
    });
    const weight = parts.reduce((sum, { picture }) => sum + (picture ? weightOf(picture) : 0), 0);
    const weights = this.#uplink.claim(connection, weight);
    const others = Math.max(crowd, 1);
    const sounds = others * parts.filter(({ picture }) => !picture).length;
    const { pictures, sound } = budgetFor(others, sounds, sending.maxBitrate);
    for (const { kind, state, picture } of parts) {
      const encoding = picture
        ? pictureEncoding(picture, pictures && Math.floor((pictures * weightOf(picture)) / weights), sending)
        : { ...UNTOUCHED, maxBitrate: sound };
      void state.parameters.set({ ...encoding, codecs: codecNames(kind, sending.codecs) });
    }
  }

  #stateOf(lane: { readonly transceiver: RTCRtpTransceiver }): State {
    const known = this.#states.get(lane);
    if (known) return known;
    const missing = (): void => this.#media.codecsMissing();
    const state = { parameters: new SenderParameters(lane.transceiver.sender, missing), scale: 1 };
    this.#states.set(lane, state);
    return state;
  }
}

/** Null for a sound. */
function pictureOf(slot: Slot, track: MediaStreamTrack, shown: Tuned['view'], state: State): Picture | null {
  if (slot !== 'video' && slot !== 'screen') return null;
  const { width = 0, height = 0 } = track.getSettings();
  const view = slot === 'video' ? shown.camera : shown.screen;
  const picture = { slot, size: width * height > 0 ? { width, height } : null, view, scale: state.scale };
  state.scale = scaleFor(picture);
  return { ...picture, scale: state.scale };
}
