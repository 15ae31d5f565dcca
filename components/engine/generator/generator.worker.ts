import { systemClock } from '../clock.js';
import { AudioPump } from './audio-pump.js';
import { NativeAudio } from './native-audio.js';
import { NativeVideo } from './native-video.js';
import type { PumpAnswer, PumpRequest, WorkerAnswer, WorkerRequest } from './worker-messages.js';
import type { Counters, Pump } from './pump.js';
import { VideoPump } from './video-pump.js';

// Hidden pages get one timer a second and busy ones none in time: here the page is woken, and pumps that need
// nothing of the page run.

const REPORT_INTERVAL = 250;

interface VideoGenerator {
  readonly writable: WritableStream<VideoFrame>;
  readonly track: MediaStreamTrack;
}

const { VideoTrackGenerator } = globalThis as { VideoTrackGenerator?: new () => VideoGenerator };
const host = globalThis as unknown as {
  onmessage: (event: MessageEvent<WorkerRequest>) => void;
  postMessage(message: WorkerAnswer, transfer?: readonly unknown[]): void;
};
const pumps = new Set<() => void>();

const noCounters = (): Counters => ({ written: 0, delivered: 0, dropped: 0 });

/** Lets the page drive a pump by the messages of one port. */
function serve<T>(port: MessagePort, create: (closed: () => void) => Pump<T>): void {
  const answer = (message: PumpAnswer): void => port.postMessage(message);
  const pump = create(() => end('ended'));
  let told = noCounters();
  const report = (): void => {
    const { written, delivered, dropped } = pump.counters;
    const counted = {
      written: written - told.written,
      delivered: delivered - told.delivered,
      dropped: dropped - told.dropped,
    };
    told = { written, delivered, dropped };
    answer({ type: 'report', counted, queueLength: pump.queueLength });
  };
  const heartbeat = setInterval(report, REPORT_INTERVAL);
  const release = (): void => {
    clearInterval(heartbeat);
    pumps.delete(release);
    pump.release();
    port.close();
  };
  const end = (type: 'ended'): void => {
    answer({ type });
    release();
  };
  pumps.add(release);
  port.onmessage = ({ data }: MessageEvent<PumpRequest<T>>) => {
    switch (data.type) {
      case 'update':
        return pump.update(data.settings);
      case 'freeze':
        pump.frozen = data.frozen;
        return;
      case 'write':
        return void pump.write(data.item).then(() => {
          // First: whoever closes when he is admitted has to know that something waits.
          report();
          answer({ type: 'admit', id: data.id });
        });
      case 'push': {
        const { dropped } = pump.counters;
        pump.push(data.item);
        if (pump.counters.dropped !== dropped) report();
        return;
      }
      case 'play':
        return pump.play?.(data.clip);
      case 'anchor':
        return pump.anchor?.(data.position, data.at);
      case 'connect':
        return pump.connect?.(data.port);
      case 'release':
        return release();
    }
  };
}

function open({ port, kind, writable, settings }: Extract<WorkerRequest, { type: 'open' }>): void {
  if (kind === 'audio') {
    serve(port, (closed) => {
      const backend = new NativeAudio(writable as WritableStream<AudioData>, closed);
      return new AudioPump(backend, systemClock, settings, noCounters());
    });
    return;
  }
  const made = writable ? undefined : new VideoTrackGenerator!();
  const stream = (writable as WritableStream<VideoFrame> | undefined) ?? made!.writable;
  serve(
    port,
    (closed) => new VideoPump(new NativeVideo(stream, closed), systemClock, settings, noCounters()),
  );
  if (made)
    port.postMessage({ type: 'track', track: made.track } satisfies PumpAnswer, [made.track as never]);
}

host.onmessage = ({ data }) => {
  switch (data.type) {
    case 'wake':
      setTimeout(() => host.postMessage({ type: 'wake', id: data.id }), data.ms);
      return;
    case 'open':
      return open(data);
    case 'close':
      // The page ends the worker a little later: what is closed here has to get through first.
      for (const release of pumps) release();
  }
};
host.postMessage({ type: 'ready', makesTracks: VideoTrackGenerator !== undefined });
