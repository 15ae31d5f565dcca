import { MediaKitError } from '../errors.js';
import { captureError } from './capture-error.js';
import type { Capturer } from './capturer.js';
import { listDevices, nextCamera, withoutDevice, type TrackKind } from './devices.js';

/**
 * Constrains the first tracks of a stream while they run. Rejects with `overconstrained`, which names the constraint and
 * its value, or with `bad-input`; the tracks that came before it keep what they were told.
 */
export async function applyConstraints(
  stream: MediaStream | null,
  constraints: MediaStreamConstraints,
): Promise<void> {
  for (const kind of ['audio', 'video'] as const) {
    const wanted = constraints[kind];
    if (!wanted) continue;
    const tracks = kind === 'audio' ? stream?.getAudioTracks() : stream?.getVideoTracks();
    const track = tracks?.find(({ readyState }) => readyState === 'live');
    if (!track) {
      throw new MediaKitError('bad-input', `There is no ${kind} to constrain: capture or show some first.`);
    }
    try {
      await track.applyConstraints(wanted === true ? {} : wanted);
    } catch (thrown) {
      throw captureError(thrown, { [kind]: wanted });
    }
  }
}

/**
 * Puts another camera in the place of the one that is captured, in the same stream: the one that faces the other way, or
 * the next in the browser's list. Rejects with `bad-input` while there is no camera, with `device-not-found` where there
 * is no other one, and as `getUserMedia()` does; the old camera goes on then.
 */
export function switchCamera(capturer: Capturer): Promise<void> {
  return inTurn(capturer, () => toNext(capturer));
}

async function toNext(capturer: Capturer): Promise<void> {
  const old = captured(capturer, 'video');
  const wish = nextCamera(old.getSettings(), await listDevices());
  if (!wish) throw new MediaKitError('device-not-found', 'There is no other camera: connect one.');
  await exchange(capturer, old, wish);
}

/**
 * Puts this camera or microphone in the place of the one that is captured, in the same stream; of a camera that rests, when
 * it wakes. Rejects with `bad-input` while there is none, and as `getUserMedia()` does; the old one goes on then.
 */
export function chooseDevice(capturer: Capturer, kind: TrackKind, deviceId: string): Promise<void> {
  return inTurn(capturer, () => choose(capturer, kind, deviceId));
}

/**
 * Has a stream that was captured without these constraints follow them: where they name another device, or one that faces
 * the other way, that takes its place in the same stream. Rejects as `getUserMedia()` does; the old device goes on then.
 */
export async function conform(capturer: Capturer, constraints: MediaStreamConstraints): Promise<void> {
  for (const kind of ['audio', 'video'] as const) {
    const wish = constraints[kind];
    if (typeof wish === 'object') await inTurn(capturer, () => toWish(capturer, kind, wish));
  }
}

async function toWish(capturer: Capturer, kind: TrackKind, wish: MediaTrackConstraints): Promise<void> {
  const { stream, tracks } = capturer.store.snapshot;
  const track = tracks.find((one) => one.kind === kind);
  if (!track) return;
  const { deviceId, facingMode } = track.getSettings();
  const isMet = meets(deviceId, wish.deviceId) && meets(facingMode, wish.facingMode);
  await (isMet ? applyConstraints(stream, { [kind]: wish }) : exchange(capturer, track, wish));
}

/** Of what a browser does not tell nothing else can be had, either. */
function meets(is: string | undefined, wish: ConstrainDOMString | undefined): boolean {
  const isPlain = typeof wish !== 'object' || Array.isArray(wish);
  const wanted = isPlain ? wish : (wish.exact ?? wish.ideal);
  return !is || !wanted || [wanted].flat().includes(is);
}

/** What the last exchange of each capturer comes to. */
const last = new WeakMap<Capturer, Promise<void>>();

/** One exchange after the other: two at once would both want the place of the same track. */
function inTurn(capturer: Capturer, run: () => Promise<void>): Promise<void> {
  const before = last.get(capturer);
  const turn = before ? before.then(run) : run();
  const over = turn
    .catch(() => {})
    .then(() => {
      if (last.get(capturer) === over) last.delete(capturer);
    });
  last.set(capturer, over);
  return turn;
}

async function choose(capturer: Capturer, kind: TrackKind, deviceId: string): Promise<void> {
  if (kind === 'video' && (await capturer.wakeAs(deviceId))) return;
  const old = captured(capturer, kind);
  const isUsed = old.readyState === 'live' && old.getSettings().deviceId === deviceId;
  if (isUsed) capturer.keepTo(old);
  else await exchange(capturer, old, { deviceId: { exact: deviceId } });
}

function captured({ store }: Capturer, kind: TrackKind): MediaStreamTrack {
  const { tracks, display } = store.snapshot;
  // One that was lost, or did not come back, has its place all the same.
  const track = tracks.find((one) => one.kind === kind);
  if (track && !display) return track;
  const device = kind === 'video' ? 'camera' : 'microphone';
  throw new MediaKitError('bad-input', `No ${device} is captured: start one before you change it.`);
}

async function exchange(
  capturer: Capturer,
  old: MediaStreamTrack,
  wish: MediaTrackConstraints,
): Promise<void> {
  const { deviceId } = old.getSettings();
  const rest = withoutDevice(old.getConstraints());
  delete rest.facingMode;
  // First: a phone cannot open two cameras at once.
  old.stop();
  try {
    await put(capturer, old, { ...rest, ...wish });
  } catch (thrown) {
    const back = { ...rest, deviceId: { exact: deviceId ?? '' } };
    if ((thrown as MediaKitError).code !== 'aborted') await put(capturer, old, back).catch(() => {});
    throw thrown;
  }
}

async function put(capturer: Capturer, old: MediaStreamTrack, wish: MediaTrackConstraints): Promise<void> {
  const next = await capturer.openTrack(old.kind as TrackKind, wish);
  try {
    capturer.replaceTrack(old, next);
  } catch (cause) {
    next.stop();
    const words =
      'The capture was stopped before the other device was there: start it again if it is wanted.';
    throw new MediaKitError('aborted', words, { cause });
  }
}
