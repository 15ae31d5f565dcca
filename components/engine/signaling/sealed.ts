import { type Clock, systemClock } from '../clock.js';
import { MediaKitError } from '../errors.js';
import { SEALED } from './plain.js';
import { seal, unseal, warmUp } from './sealing.js';
import { checkSecret, keyMaterial, signalingKey, type Secret } from './secret.js';
import {
  checkAddress,
  openingAborted,
  type Signaling,
  type SignalingAddress,
  type SignalingChannel,
  type SignalingHandlers,
} from './signaling.js';

/** How long nobody may be understood before the secret is taken for a wrong one, in ms. */
const DOUBT = 5000;
/** How many messages are known again: older ones are told by their place in the conversation. */
const REMEMBERED = 2048;
/** Those of channels of this page that are closed: whoever takes its place is not told the same again. */
const former = new Set<string>();
/** How many may come before there is a key. */
const EARLY = 256;

const OTHER_SECRET =
  'Nobody in the room is understood: the others have another "secret", or are not who they say. Give everybody the same.';
const NO_SECRET =
  'The others in the room have no "secret": give them the one of this call, or this call none (null).';

/**
 * The same way to the others, with every presence and message sealed end to end (AES-256-GCM): whoever carries them can
 * neither read nor change them, nor give them to another receiver, sender or room. All members give the same `secret`,
 * and whoever has another one or none is not heard. Throws `bad-input` for what is no secret; `open()` also rejects with
 * `insecure-context`.
 */
export function sealed(signaling: Signaling, secret: Secret, clock: Clock = systemClock): Signaling {
  checkSecret(secret);
  const own = typeof secret === 'string' ? secret : secret.slice();
  return {
    async open(address, handlers, signal) {
      checkAddress(address, signal);
      const guard = new Guard(address, handlers, clock);
      const ended = new AbortController();
      signal?.addEventListener('abort', () => ended.abort(signal.reason), { signal: ended.signal });
      // Neither waits for the other: a passphrase takes as long as the way to a server.
      const opening = (async () =>
        signaling.open({ ...address, sealed: true }, guard.inbound, ended.signal))();
      const deriving = signalingKey(own, address.room);
      try {
        deriving.then((key) => guard.begin(key)).catch(() => {});
        const [channel] = await Promise.all([opening, deriving]);
        if (signal?.aborted) throw openingAborted(signal);
        return guard.outbound(channel);
      } catch (thrown) {
        guard.close();
        ended.abort();
        // One that opens all the same is nobody's.
        opening.then((late) => late.close()).catch(() => {});
        throw thrown;
      }
    },
  };
}

/** Does ahead of joining `room` what takes its time: to be called where nobody waits. What is wrong is told when it is opened. */
export async function prepareSealing(secret: Secret, room: string): Promise<void> {
  checkSecret(secret);
  warmUp();
  // Kept for a passphrase.
  await keyMaterial(secret, room);
}

/** Stands between a room and its transport. */
class Guard {
  readonly #prefix: string;
  readonly #self: string;
  readonly #handlers: SignalingHandlers;
  #key!: Uint8Array;
  /** What came before there was a key. */
  #early: (() => void)[] | null = [];
  #isClosed = false;
  readonly #clock: Clock;
  /** The nonces of the messages that came. */
  readonly #seen = new Set<string>();
  /** Whether anybody but ourselves was understood. */
  #understood = false;
  #cancelDoubt: (() => void) | undefined;

  constructor({ room, peer }: SignalingAddress, handlers: SignalingHandlers, clock: Clock) {
    this.#prefix = `pc/1/${room}/`;
    this.#self = peer;
    this.#handlers = handlers;
    this.#clock = clock;
  }

  /** To be called once, and before anything is said. */
  begin(key: Uint8Array): void {
    this.#key = key;
    const early = this.#early ?? [];
    this.#early = null;
    for (const take of early) take();
  }

  /** What the transport is given. */
  get inbound(): SignalingHandlers {
    const handlers = this.#handlers;
    return {
      presence: (peer, bytes) => this.#inTime(() => this.#presence(peer, bytes), EARLY),
      message: (from, bytes) => this.#inTime(() => this.#message(from, bytes), EARLY),
      reachable: (yes) => handlers.reachable(yes),
      ignored: () => handlers.ignored?.(),
      tampered: (peer) => handlers.tampered?.(peer),
      warned: (error) => handlers.warned?.(error),
      failed: (error) =>
        this.#inTime(() => {
          this.close();
          handlers.failed?.(error);
        }),
    };
  }

  /** What the room is given. */
  outbound(channel: SignalingChannel): SignalingChannel {
    const sealedFor = (topic: string, payload: Uint8Array): Uint8Array =>
      seal(payload, this.#key, this.#prefix + topic);
    return {
      announce: (payload) => channel.announce(sealedFor(`p/${this.#self}`, payload)),
      send: (to, payload) => channel.send(to, sealedFor(`to/${to}/${this.#self}`, payload)),
      clear: (peer) => channel.clear?.(peer),
      check: () => channel.check?.(),
      gone: (peer) => channel.gone?.(peer),
      close: () => {
        this.close();
        channel.close();
      },
    };
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#early = null;
    this.#cancelDoubt?.();
    for (const nonce of this.#seen) remember(former, nonce);
  }

  #inTime(take: () => void, most = Infinity): void {
    if (this.#isClosed) return;
    if (!this.#early) take();
    else if (this.#early.length < most) this.#early.push(take);
    else this.#handlers.ignored?.();
  }

  #presence(peer: string, bytes: Uint8Array | null): void {
    // Nobody can seal that somebody is gone.
    const payload = bytes && this.#open(peer, bytes, `p/${peer}`)?.payload;
    if (payload || !bytes) this.#handlers.presence(peer, payload ?? null);
  }

  #message(from: string, bytes: Uint8Array): void {
    const opened = this.#open(from, bytes, `to/${this.#self}/${from}`);
    if (!opened) return;
    const { nonce } = opened;
    if (this.#seen.has(nonce) || former.has(nonce)) return this.#refuse(from, bytes);
    remember(this.#seen, nonce);
    this.#handlers.message(from, opened.payload);
  }

  #open(from: string, bytes: Uint8Array, topic: string): ReturnType<typeof unseal> {
    const opened = unseal(bytes, this.#key, this.#prefix + topic);
    if (!opened) this.#refuse(from, bytes);
    else if (from !== this.#self) this.#understood = true;
    return opened;
  }

  #refuse(from: string, bytes: Uint8Array): void {
    this.#handlers.ignored?.();
    // Our own presence may be left from a life with another secret.
    if (from === this.#self) return;
    if (this.#understood) return this.#handlers.tampered?.(from);
    // Somebody with the same secret may still come.
    this.#cancelDoubt ??= this.#clock.after(DOUBT, () => {
      if (this.#understood) return this.#handlers.tampered?.(from);
      const words = bytes[0] === SEALED ? OTHER_SECRET : NO_SECRET;
      this.#handlers.warned?.(new MediaKitError('bad-input', words));
    });
  }
}

function remember(nonces: Set<string>, nonce: string): void {
  nonces.add(nonce);
  if (nonces.size > REMEMBERED) nonces.delete(nonces.values().next().value!);
}
