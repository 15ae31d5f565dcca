import { MediaKitError } from '../errors.js';
import { AudioPump } from './audio-pump.js';
import { chooseBackend, nativeGenerator, type BackendName } from './backend.js';
import { CanvasVideo } from './canvas-video.js';
import type { GeneratorWorker } from './generator-worker.js';
import type { Sound } from './input.js';
import { NativeAudio } from './native-audio.js';
import { NativeVideo } from './native-video.js';
import { adopt, type OwnSource, type Tap } from './own-track.js';
import type { Counters, Pump } from './pump.js';
import { RemotePump, type RemotePumpListener } from './remote-pump.js';
import type { Kind, Settings } from './settings.js';
import { VideoPump } from './video-pump.js';
import { WorkletPump } from './worklet-pump.js';

/** One track, and what feeds it. */
export interface Lane {
  readonly track: MediaStreamTrack;
  /** The track with its clones. */
  readonly source: OwnSource;
  readonly pump: Pump<VideoFrame | Sound>;
  readonly backend: BackendName;
  /** Lets the worker go on with the same track, where it can. */
  readonly handOver?: (settings: Settings) => Lane;
}

export interface LaneOptions {
  readonly settings: Settings;
  readonly counters: Counters;
  readonly worker: GeneratorWorker;
  readonly listener: RemotePumpListener;
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
      `This browser cannot make ${kind} tracks${way} update it or use another.`,
    );
  }
  try {
    if (backend === 'canvas') return openCanvas(kind, options);
    return nativeGenerator() ? openNative(kind, backend, options) : openTrackOfWorker(options);
  } catch (thrown) {
    throw MediaKitError.from(thrown, 'unsupported', `The browser refused to make ${kind}: see the cause.`);
  }
}

function create(
  { known, listener }: LaneOptions,
  track: MediaStreamTrack,
  pump: Pump<VideoFrame | Sound>,
  backend: BackendName,
  tap?: Tap,
): Lane {
  const source = adopt(track, { ended: () => listener.ended?.(), settings: known, tap });
  return { track, source, pump, backend };
}

function openCanvas(kind: Kind, options: LaneOptions): Lane {
  const { settings, counters, worker, blocked } = options;
  if (kind === 'audio') {
    const pump = new WorkletPump(settings, worker, { counters, blocked });
    return create(options, pump.track, pump, 'canvas');
  }
  const backend = new CanvasVideo();
  const pump = new VideoPump(backend, worker, settings, counters);
  return create(options, backend.track, pump, 'canvas', backend.tap);
}

function openNative(kind: Kind, wish: BackendName, options: LaneOptions): Lane {
  const { settings, counters, worker, listener } = options;
  const track = new (nativeGenerator()!)({ kind });
  const ended = (): void => listener.ended?.();
  const audio = kind === 'audio' && new NativeAudio(track.writable, ended);
  const backend = audio || new NativeVideo(track.writable, ended);
  const pump = audio
    ? new AudioPump(audio, worker, settings, counters)
    : new VideoPump(backend as NativeVideo, worker, settings, counters);
  const lane = create(options, track, pump, 'native');
  if (wish !== 'worker') return lane;
  const handOver = (now: Settings): Lane => {
    const { frozen } = pump;
    const waiting = pump.handOver();
    const remote = openRemote(kind, { ...options, settings: now }, backend.handOver());
    if (frozen) remote.frozen = true;
    for (const { item, admit } of waiting) void remote.write(item).then(admit);
    return { ...lane, pump: remote, backend: 'worker' };
  };
  return { ...lane, handOver };
}

function openRemote(
  kind: Kind,
  { settings, counters, worker, listener }: LaneOptions,
  writable?: WritableStream,
): RemotePump<VideoFrame | Sound> {
  const { port1, port2 } = new MessageChannel();
  const pump = new RemotePump<VideoFrame | Sound>(port1, counters, listener);
  const transfer = writable ? [port2, writable] : [port2];
  worker.ask({ type: 'open', kind, port: port2, writable, settings, counters: { ...counters } }, transfer);
  return pump;
}

/** A video track that is made in the worker; on a canvas where that has none to offer. */
async function openTrackOfWorker(options: LaneOptions): Promise<Lane> {
  if (!(await options.worker.works) || !options.worker.makesTracks) return openCanvas('video', options);
  return new Promise((resolve) => {
    const made = (track: MediaStreamTrack): void => resolve(create(options, track, pump, 'worker'));
    const pump = openRemote('video', { ...options, listener: { ...options.listener, track: made } });
  });
}
