import { preferred } from './codecs.js';
import { UNTOUCHED, type Encoding } from './encodings.js';

/** How a sender is to send. */
export interface SendingWish extends Encoding {
  /** Names of codecs, the best first. */
  readonly codecs: readonly string[];
}

/** TypeScript does not know the newest member yet. */
interface EncodingParameters extends RTCRtpEncodingParameters {
  codec?: RTCRtpCodec;
}

/** The parameters of one sender. They are set one after the other, the last wish counts, and nothing is set that is so already. */
export class SenderParameters {
  readonly #sender: RTCRtpSender;
  readonly #missing: () => void;
  #wish: SendingWish = { ...UNTOUCHED, codecs: [] };
  #given = keyOf(this.#wish, null);
  #busy = false;

  /** `missing` is called when the two have none of the codecs. */
  constructor(sender: RTCRtpSender, missing: () => void) {
    this.#sender = sender;
    this.#missing = missing;
  }

  /** Never rejects. What a negotiation thwarts is to be wished again after it. */
  async set(wish: SendingWish): Promise<void> {
    this.#wish = wish;
    if (this.#busy) return;
    this.#busy = true;
    let tried: SendingWish;
    do {
      tried = this.#wish;
      await this.#give(tried).catch(({ name, message }: DOMException) => {
        // The first: stopped or closed meanwhile. The second: agreed on something else meanwhile.
        const usual = name === 'InvalidStateError' || name === 'InvalidModificationError';
        if (!usual) console.warn(`How a track is sent could not be changed: ${message}`);
      });
    } while (tried !== this.#wish);
    this.#busy = false;
  }

  async #give(wish: SendingWish): Promise<void> {
    // To ask alone makes useless what the page itself has asked for.
    if (!wish.codecs.length && keyOf(wish, null) === this.#given) return;
    const parameters = this.#sender.getParameters();
    const [encoding]: readonly EncodingParameters[] = parameters.encodings;
    if (!encoding) return;
    // Those that both have; none before they have agreed.
    const codec = preferred(parameters.codecs, wish.codecs);
    if (!codec && wish.codecs.length && parameters.codecs.length) this.#missing();
    const key = keyOf(wish, codec);
    if (key === this.#given) return;
    const { active, maxBitrate, maxFramerate, scaleResolutionDownBy, degradationPreference } = wish;
    encoding.active = active;
    put(encoding, 'maxBitrate', maxBitrate);
    put(encoding, 'maxFramerate', maxFramerate);
    put(encoding, 'scaleResolutionDownBy', scaleResolutionDownBy);
    put(encoding, 'codec', codec);
    put(parameters, 'degradationPreference', degradationPreference);
    await this.#sender.setParameters(parameters);
    this.#given = key;
  }
}

function put<T extends object, K extends keyof T>(target: T, name: K, value: T[K] | null): void {
  if (value === null) delete target[name];
  else target[name] = value;
}

function keyOf({ codecs: _names, ...wish }: SendingWish, codec: RTCRtpCodec | null): string {
  return JSON.stringify([wish, codec]);
}
