import { loaded, MediaKitError, notLoaded } from '../errors.js';
import { chooseBackend, nativeGenerator, type BackendName } from './backend.js';
import { CanvasVideo } from './canvas-video.js';
import { DeferredPump } from './deferred-pump.js';
import type { Supply } from './feed.js';
import type { GeneratorWorker } from './generator-worker.js';
import type { Sound } from './input.js';
import { adopt, type OwnSource, type Tap } from './own-track.js';
import type { Counters, Pump } from './pump.js';
import { RemotePump, type RemotePumpListener } from './remote-pump.js';
import type { Kind, Settings } from './settings.js';
import { SoundGraph } from './sound-graph.js';

type AnyPump = Pump<VideoFrame | Sound>;

/** One track, and what feeds it. */
export interface Lane {
  readonly track: MediaStreamTrack;
  /** The track with its clones. */
  readonly source: OwnSource;
  readonly pump: AnyPump;
  /**
   * How it is fed, once that is known: where there is no worker, it is fed from the page. Rejects with a
   * `MediaKitError` where it cannot be fed.
   */
  readonly backend: Promise<BackendName>;
  /** Whether the pictures of an element can be sent. */
  readonly feedable: boolean;
}

export interface LaneOptions {
  readonly settings: Settings;
  readonly counters: Counters;
  readonly worker: GeneratorWorker;
  readonly listener: RemotePumpListener;
  /** Whether pictures come from an element of the page, which a worker cannot see. */
  readonly fed?: boolean;
  /** What is known of the track before the browser knows it. */
  readonly known: () => MediaTrackSettings;
  /** Hears whether the browser holds the sound back until the next gesture. */
  readonly blocked: (blocked: boolean) => void;
}

/** Makes a track: at once wherever it can be made on the page. Throws, or rejects with, a `MediaKitError`. */
export function openLane(kind: Kind, options: LaneOptions): Lane | Promise<Lane> {
  const wish = options.settings.backend;
  const backend = chooseBackend(kind, wish);
  if (!backend) {
    const way = wish === 'auto' ? '' : ` with backend="${wish}": leave it out,`;
    throw new MediaKitError(
      'unsupported',
      `This browser cannot make ${kind} tracks${way}${way ? '' : ':'} update it or use another.`,
    );
  }
  try {
    if (backend === 'canvas') return openCanvas(kind, options);
    if (nativeGenerator()) return openNative(kind, backend, options);
    return options.fed ? openCanvas(kind, options) : openTrackOfWorker(options);
  } catch (thrown) {
    throw MediaKitError.from(thrown, 'unsupported', `The browser refused to make ${kind}: see the cause.`);
  }
}

function openCanvas(kind: Kind, options: LaneOptions): Lane {
  const { settings, counters, worker, blocked } = options;
  if (kind === 'audio') {
    const graph = new SoundGraph(settings, blocked);
    const pump = import('./worklet-pump.js').then(
      ({ openSoundPump }) => openSoundPump(graph, settings, worker, counters),
      (cause: unknown) => {
        throw notLoaded(cause);
      },
    );
    return lane(options, graph.track, pump, Promise.resolve('canvas'), { abandon: () => graph.release() });
  }
  const canvas = new CanvasVideo();
  const pump = import('./page-pumps.js').then(
    ({ feedCanvas }) => feedCanvas(canvas, worker, settings, counters),
    (cause: unknown) => {
      throw notLoaded(cause);
    },
  );
  return lane(options, canvas.track, pump, Promise.resolve('canvas'), { tap: canvas.tap });
}

function openNative(kind: Kind, name: BackendName, options: LaneOptions): Lane {
  const { settings, counters, worker, listener, fed } = options;
  const track = new (nativeGenerator()!)({ kind });
  // Before somebody puts a stream of his own in front of it.
  const { writable } = track;
  // What is written on the page reaches the track from there by the shortest way.
  const written = kind === 'video' && settings.pattern === 'none' && settings.backend === 'auto';
  const there = name === 'worker' && !fed && !written;
  const works = there ? worker.works : Promise.resolve(false);
  const pump = works.then(async (inWorker): Promise<AnyPump> => {
    if (inWorker) return openRemote(kind, options, writable);
    const { feedWritable } = await loaded(import('./page-pumps.js'));
    // Of a track that we have ended ourselves, nobody is to hear.
    const ended = (): void => void (opened.source.live && listener.ended?.());
    return feedWritable(kind, writable, worker, settings, counters, ended);
  });
  const backend = works.then((inWorker) => (inWorker ? 'worker' : 'native'));
  const opened = lane(options, track, pump, backend, { feedable: !there });
  return opened;
}

/** A video track that is made in the worker; on a canvas where that has none to offer. */
async function openTrackOfWorker(options: LaneOptions): Promise<Lane> {
  if (!(await options.worker.works) || !options.worker.makesTracks) return openCanvas('video', options);
  return new Promise((resolve) => {
    const made = (track: MediaStreamTrack): void =>
      resolve(lane(options, track, Promise.resolve(pump), Promise.resolve('worker'), { feedable: false }));
    const pump = openRemote('video', { ...options, listener: { ...options.listener, track: made } });
  });
}

function openRemote(
  kind: Kind,
  { settings, counters, worker, listener }: LaneOptions,
  writable?: WritableStream,
): AnyPump {
  const { port1, port2 } = new MessageChannel();
  const pump = new RemotePump<VideoFrame | Sound>(port1, counters, listener);
  const transfer = writable ? [port2, writable] : [port2];
  worker.ask({ type: 'open', kind, port: port2, writable, settings }, transfer);
  return pump;
}

function lane(
  { known, listener, counters }: LaneOptions,
  track: MediaStreamTrack,
  opening: Promise<AnyPump>,
  name: Promise<BackendName>,
  { tap, feedable = true, abandon }: { tap?: Tap; feedable?: boolean; abandon?: () => void } = {},
): Lane {
  const source = adopt(track, { ended: () => listener.ended?.(), settings: known, tap });
  const pump = new DeferredPump(track.kind as Kind, opening, counters, abandon);
  const backend = opening.then(() => name);
  // Whoever asks hears of it; nobody has to.
  backend.catch(() => {});
  return { track, source, pump, backend, feedable };
}

/** Lets the tracks tell what the settings say of them. */
export function describe({ track, source }: Lane, { muted, contentHint }: Settings): void {
  source.muted = muted;
  // The platform ignores a hint for the other kind.
  track.contentHint = contentHint;
}

/** Lets the lane make what the supply has for it; answers false where it cannot: pictures come from the page. */
export function feed({ track, pump, feedable }: Lane, supply: Supply | null): boolean {
  if (track.kind === 'audio') pump.play?.(supply?.clip ?? null);
  else if (feedable) pump.feed = supply?.feed ?? null;
  else return !supply?.feed;
  return true;
}

/** Ends the track, and gives back what fed it. */
export function closeLane({ pump, source }: Lane): void {
  source.end();
  pump.release();
}

/** Whether a track goes on with other settings. */
export function fits(kind: Kind, before: Settings, now: Settings): boolean {
  const fixed = kind === 'audio' ? (['backend', 'sampleRate', 'channels'] as const) : (['backend'] as const);
  return fixed.every((key) => before[key] === now[key]);
}
