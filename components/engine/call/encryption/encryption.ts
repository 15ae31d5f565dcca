import type { Clock } from '../../clock.js';
import { systemClock } from '../../clock.js';
import { MediaKitError } from '../../errors.js';
import { checkSecret, keyMaterial, type Secret } from '../../signaling/secret.js';
import { guard } from './guard.js';
import { keyBody, newPart, readKey } from './key-message.js';
import type { FrameSender, KeyPart } from './sender-key.js';
import type { FrameTrouble } from './verdict.js';
import { createFramesWorker } from './worker.js';
import type { FrameAnswer, FrameRequest } from './worker-messages.js';

/** How long the script may take to start, in ms. */
const START = 10_000;
/** How long the others have to take a new key, in ms, before it is used. */
const NOTICE = 1000;
/** How often that is waited for one whom it does not reach. */
const NOTICES = 10;

const NO_TRANSFORM =
  'This browser cannot encrypt media end to end: use a current Chromium, Firefox or Safari, or set end-to-end off.';
const NO_SECRET = 'Encryption end to end needs a "secret" that all members share: set that property first.';
const NO_WORKER =
  'The script that encrypts media did not start. Check that frames.worker.js is served beside the kit, and that the ' +
  "content security policy permits it: worker-src 'self', and the Trusted Types policy rtc-elements where types are " +
  'required; worker-src blob: and the origin of the kit where that is another one.';

/** What the encryption needs of the stay that it is for. */
export interface EncryptionOptions {
  readonly self: FrameSender;
  readonly clock: Clock;
  /** Tells one member our key, in order with all else that is told. */
  readonly send: (peer: string, type: 'key', body: unknown) => void;
  /** Whether a member has answered all that it was told. */
  readonly heard: (peer: string) => boolean;
  /** What is wrong with the frames of a member, or null once it is right. */
  readonly trouble: (peer: string, trouble: FrameTrouble | null) => void;
}

/**
 * The encryption of all media of one stay, frame by frame, in a worker of its own. Each member has a key of its own, made
 * of the secret and of random bytes that it tells the others; another one after somebody has left.
 */
export class Encryption {
  readonly #worker: Worker;
  readonly #room: string;
  readonly #material: CryptoKey;
  readonly #numbers = new WeakMap<RTCPeerConnection, number>();
  #connections = 0;
  /** The members that know our key, and what is wrong with each of their tracks. */
  readonly #members = new Map<string, Map<number, FrameTrouble>>();
  #options!: EncryptionOptions;
  #part = newPart(0);
  /** The key that comes next, while the others are told. */
  #next: KeyPart | null = null;
  /** Whether somebody who knows that one has left meanwhile. */
  #again = false;
  #cancel: (() => void) | undefined;

  private constructor(worker: Worker, room: string, material: CryptoKey) {
    this.#worker = worker;
    this.#room = room;
    this.#material = material;
    worker.onmessage = ({ data }: MessageEvent<FrameAnswer>) => this.#hear(data);
  }

  /**
   * Rejects with `unsupported` where frames cannot be encrypted, and as `keyMaterial` does. `path`: a folder with the
   * worker's script.
   */
  static async open(secret: Secret, room: string, path?: string): Promise<Encryption> {
    checkEncryption(secret);
    // Both take their time.
    const material = keyMaterial(secret, room);
    material.catch(() => {});
    const worker = await startedWorker(path);
    try {
      return new Encryption(worker, room, await material);
    } catch (thrown) {
      worker.terminate();
      throw thrown;
    }
  }

  /** To be called once, before anything is sent. */
  begin(options: EncryptionOptions): void {
    this.#options = options;
    this.#ask({ type: 'begin', material: this.#material, room: this.#room, self: options.self });
    this.#ask({ type: 'use', ...this.#part });
  }

  /** From now on nothing goes over this connection in the clear. To be called before it has any track. */
  guard(connection: RTCPeerConnection): RTCPeerConnection {
    this.#numbers.set(connection, ++this.#connections);
    guard(connection, this.#worker, this.#connections);
    return connection;
  }

  /** This connection leads to that member. */
  assign(connection: RTCPeerConnection, peer: string): void {
    this.#ask({ type: 'assign', connection: this.#numbers.get(connection)!, peer });
    this.#clear(peer);
  }

  /** A member is there: it is told our key before anything else. */
  met(peer: string): void {
    this.#members.set(peer, new Map());
    for (const part of [this.#part, this.#next]) if (part) this.#tell(peer, part);
  }

  /** A member is gone: whatever it knows is of no use for what is sent from soon on. */
  left(peer: string): void {
    if (!this.#members.has(peer)) return;
    this.#clear(peer);
    this.#members.delete(peer);
    this.#ask({ type: 'forget', peer });
    // One after the other: receivers keep few keys, and need the present one until the next is used.
    if (this.#next) this.#again = true;
    else this.#exchange();
  }

  /** The key of a member; false where it is none. */
  receive(sender: FrameSender, body: unknown): boolean {
    const part = readKey(body);
    if (part) this.#ask({ type: 'learn', sender: { id: sender.id, sid: sender.sid }, ...part });
    return part !== null;
  }

  /** Nothing flows any longer over any of the connections. */
  release(): void {
    this.#cancel?.();
    this.#worker.terminate();
  }

  #tell(peer: string, part: KeyPart): void {
    this.#options.send(peer, 'key', keyBody(part));
  }

  #exchange(): void {
    this.#again = false;
    this.#next = newPart(this.#part.epoch + 1);
    for (const other of this.#members.keys()) this.#tell(other, this.#next);
    this.#exchangeLater(NOTICES);
  }

  #exchangeLater(notices: number): void {
    const { clock, heard } = this.#options;
    this.#cancel?.();
    this.#cancel = clock.after(NOTICE, () => {
      // Whoever has no way to the room now goes on hearing us, for a while.
      const wait = notices > 1 && ![...this.#members.keys()].every((peer) => heard(peer));
      if (wait) return this.#exchangeLater(notices - 1);
      this.#part = this.#next!;
      this.#next = null;
      this.#ask({ type: 'use', ...this.#part });
      if (this.#again) this.#exchange();
    });
  }

  #ask(request: FrameRequest): void {
    this.#worker.postMessage(request);
  }

  #hear(answer: FrameAnswer): void {
    if (answer.type === 'codec') {
      console.warn(`A track is not sent: ${answer.mimeType || 'its codec'} cannot be encrypted end to end.`);
    } else if (answer.type === 'trouble') {
      const { peer, pipe, trouble } = answer;
      const troubles = this.#members.get(peer);
      if (!troubles) return;
      if (trouble) troubles.set(pipe, trouble);
      else troubles.delete(pipe);
      this.#report(peer, troubles);
    }
  }

  #clear(peer: string): void {
    const troubles = this.#members.get(peer);
    if (!troubles?.size) return;
    troubles.clear();
    this.#report(peer, troubles);
  }

  #report(peer: string, troubles: ReadonlyMap<number, FrameTrouble>): void {
    this.#options.trouble(peer, troubles.values().next().value ?? null);
  }
}

/** Throws where media cannot be encrypted with this: `unsupported`, or `bad-input` for what is no secret. */
export function checkEncryption(secret: Secret | null): void {
  if (typeof RTCRtpScriptTransform !== 'function') throw new MediaKitError('unsupported', NO_TRANSFORM);
  if (!secret) throw new MediaKitError('bad-input', NO_SECRET);
  checkSecret(secret);
}

async function startedWorker(path?: string): Promise<Worker> {
  let worker: Worker | undefined;
  let cancel: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      cancel = systemClock.after(START, () => reject(new Error('no answer')));
      worker = createFramesWorker(path);
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        // Not an error of the page: it would end up on its console.
        event.preventDefault();
        reject(new Error(event.message));
      };
    });
    return worker!;
  } catch (cause) {
    worker?.terminate();
    throw new MediaKitError('unsupported', NO_WORKER, { cause });
  } finally {
    cancel?.();
  }
}
