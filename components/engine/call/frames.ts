import { MediaKitError } from '../errors.js';
import { isIdentifier } from '../signaling/signaling.js';

/** The largest presence and the largest frame, in bytes. A sealed frame is 29 bytes larger, and 64 kB at most. */
export const PRESENCE_LIMIT = 2048;
export const FRAME_LIMIT = 65_507;
/** The largest message: the rest of a frame takes less than 500 bytes, whatever it acknowledges by then. */
const MESSAGE_LIMIT = 65_000;
const TOO_LARGE = 'The message is larger than 64 kB: send less at once.';

/** How long a newcomer looks whether the room is full, in ms. */
export const ENTRANCE = 2000;

const VERSION = 1;
const NAME_LENGTH = 64;
const TYPE_LENGTH = 16;
const STREAM_ID_LENGTH = 256;
const CANDIDATES = 256;
/** A call of two needs seven, and a page may add its own: each one costs whoever takes it a transceiver. */
const MEDIA_SECTIONS = 64;
const LARGEST_VIEW = 16_384;

/** What a member keeps in the room for those who come. */
export interface Presence {
  /** Its stay in the room: another one after each join. */
  readonly sid: string;
  /** Its own clock at the announcement, compared only with its earlier ones. */
  readonly ts: number;
  readonly name: string;
}

/** One addressed message. */
export interface Frame {
  /** The sender's and the receiver's stay in the room. */
  readonly s: string;
  readonly d: string;
  /** The conversation, and the place in it: from 1, or 0 for an `ack` and -1 for a `bye`. */
  readonly k: string;
  readonly n: number;
  /** How much of the conversation `ak` arrived. */
  readonly a: number;
  readonly ak?: string;
  readonly t: string;
  readonly b?: unknown;
}

/** What a frame is sent for. */
export type Message = Pick<Frame, 't' | 'b'>;

/** The body of `hello`: the presence, and how many ms long the sender may still be turned away; 0 once it is inside. */
export interface HelloBody extends Presence {
  readonly entering: number;
}

/** The body of `desc`; `c` is the number of the connection in the pair. */
export interface DescriptionBody {
  readonly c: number;
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** The body of `cands`: an empty list ends them. */
export interface CandidatesBody {
  readonly c: number;
  readonly list: readonly RTCIceCandidateInit[];
}

/** The body of `state`: what is on at the sender. */
export interface StateBody {
  readonly audio: boolean;
  readonly video: boolean;
  /** The id of the stream that carries its screen. */
  readonly screen: string | null;
}

/** The size at which a picture is shown, in CSS pixels times the device's pixel ratio; null: it is not shown. */
export type ViewSize = { readonly width: number; readonly height: number } | null;

/** The body of `view`: how large the receiver shows the sender's camera and screen. */
export interface ViewBody {
  readonly camera: ViewSize;
  readonly screen: ViewSize;
}

export function encodePresence({ sid, ts, name }: Presence): Uint8Array {
  return encode({ v: VERSION, sid, ts, name: cutName(name) });
}

/** Null for everything that is no presence of this version. */
export function decodePresence(bytes: Uint8Array): Presence | null {
  return readPresence(decode(bytes, PRESENCE_LIMIT));
}

/** Whether it is a presence of another version than ours, or sealed with a secret. */
export function isOtherVersion(bytes: Uint8Array): boolean {
  const { v } = record(decode(bytes, PRESENCE_LIMIT));
  return bytes[0] === 1 || (isCount(v, 1) && v !== VERSION);
}

export function encodeFrame(frame: Frame): Uint8Array {
  return encode({ v: VERSION, ...frame });
}

/** Throws where a frame with it would be larger than anybody accepts. */
export function checkSize(message: Message): void {
  if (encode(message).length > MESSAGE_LIMIT) throw new MediaKitError('bad-input', TOO_LARGE);
}

/** Null for everything that is no frame of this version. The body is whatever the sender put there. */
export function decodeFrame(bytes: Uint8Array): Frame | null {
  const { v, s, d, k, n, a, ak, t, b } = record(decode(bytes, FRAME_LIMIT));
  if (
    v !== VERSION ||
    !isIdentifier(s) ||
    !isIdentifier(d) ||
    !isIdentifier(k) ||
    !isCount(n, -1) ||
    !isCount(a, 0)
  )
    return null;
  if ((ak !== undefined && !isIdentifier(ak)) || typeof t !== 'string' || t.length > TYPE_LENGTH) return null;
  return { s, d, k, n, a, t, b, ...(ak !== undefined && { ak }) };
}

export function helloBody({ sid, ts, name }: Presence, entering: number): unknown {
  return { v: VERSION, sid, ts, name: cutName(name), entering };
}

export function readHello(body: unknown): HelloBody | null {
  const presence = readPresence(body);
  const { entering } = record(body);
  return presence && { ...presence, entering: isCount(entering, 0) ? Math.min(entering, ENTRANCE) : 0 };
}

export function readDescription(body: unknown): DescriptionBody | null {
  const { c, type, sdp } = record(body);
  if (!isCount(c, 1) || (type !== 'offer' && type !== 'answer') || typeof sdp !== 'string') return null;
  return sdp.split('\nm=').length > MEDIA_SECTIONS + 1 ? null : { c, type, sdp };
}

export function readCandidates(body: unknown): CandidatesBody | null {
  const { c, list } = record(body);
  if (!isCount(c, 1) || !Array.isArray(list) || list.length > CANDIDATES) return null;
  const candidates = list.map(readCandidate);
  return candidates.some((candidate) => candidate === null)
    ? null
    : { c, list: candidates as RTCIceCandidateInit[] };
}

/** The number of the connection that a `desc`, `cands` or `restart` is about, or null. */
export function readNumber(body: unknown): number | null {
  const { c } = record(body);
  return isCount(c, 1) ? c : null;
}

export function readState(body: unknown): StateBody | null {
  const { audio, video, screen } = record(body);
  if (typeof audio !== 'boolean' || typeof video !== 'boolean') return null;
  if (screen !== null && (typeof screen !== 'string' || screen.length > STREAM_ID_LENGTH)) return null;
  return { audio, video, screen };
}

export function readView(body: unknown): ViewBody | null {
  const { camera, screen } = record(body);
  return isViewSize(camera) && isViewSize(screen) ? { camera, screen } : null;
}

/** Names are cut where no character is broken. */
export function cutName(name: string): string {
  const points = [...name.slice(0, NAME_LENGTH * 2)];
  return points.slice(0, NAME_LENGTH).join('');
}

function readPresence(value: unknown): Presence | null {
  const { v, sid, ts, name } = record(value);
  if (v !== VERSION || !isIdentifier(sid) || !isCount(ts, 0)) return null;
  if (name !== undefined && typeof name !== 'string') return null;
  return { sid, ts, name: cutName(name ?? '') };
}

function readCandidate(value: unknown): RTCIceCandidateInit | null {
  const { candidate, sdpMid = null, sdpMLineIndex = null, usernameFragment = null } = record(value);
  if (typeof candidate !== 'string' || !isTextOrNull(sdpMid) || !isTextOrNull(usernameFragment)) return null;
  if (sdpMLineIndex !== null && !isCount(sdpMLineIndex, 0)) return null;
  return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isViewSize(value: unknown): value is ViewSize {
  const { width, height } = record(value);
  return value === null || [width, height].every((side) => isCount(side, 1) && side <= LARGEST_VIEW);
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === 'string';
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function decode(bytes: Uint8Array, limit: number): unknown {
  if (bytes.length > limit) return null;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

/** The members of anything: none where it is no object. */
function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
