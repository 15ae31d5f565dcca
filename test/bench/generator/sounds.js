// Sounds as tracks: the tag's, and by hand what a page's author would do without it.
import { BLOCK, PITCH, RATE, VOLUME, block, beepOffsets, glitches, latencies } from './blocks.js';
import { every } from './pace.js';
import { generator } from './pictures.js';

const median = (numbers) => numbers.toSorted((one, other) => one - other)[numbers.length >> 1];

/** Hears tracks in an audio thread; `seconds` is how much of each it remembers. */
async function recorders(tracks, seconds) {
  const context = new AudioContext({ sampleRate: RATE });
  await context.audioWorklet.addModule(new URL('./recorder.worklet.js', import.meta.url));
  return tracks.map((track) => {
    const node = new AudioWorkletNode(context, 'recorder', { processorOptions: { seconds } });
    context
      .createMediaStreamSource(new MediaStream([track]))
      .connect(node)
      .connect(context.destination);
    return {
      reset: () => node.port.postMessage('reset'),
      read() {
        const answer = new Promise((resolve) => (node.port.onmessage = ({ data }) => resolve(data)));
        node.port.postMessage('read');
        return answer;
      },
    };
  });
}

/** The browser's own generator of sound, for channels of samples; timestamps as one would count them. */
export function nativeSound() {
  const track = new MediaStreamTrackGenerator({ kind: 'audio' });
  const writer = track.writable.getWriter();
  let samples = 0;
  return {
    track,
    write(channels) {
      const data = new Float32Array(channels.length * BLOCK);
      channels.forEach((channel, index) => data.set(channel, index * BLOCK));
      const timestamp = Math.round((samples * 1e6) / RATE);
      samples += BLOCK;
      const shape = { format: 'f32-planar', numberOfChannels: channels.length, numberOfFrames: BLOCK };
      void writer.write(new AudioData({ ...shape, sampleRate: RATE, timestamp, data }));
    },
  };
}

const tag = (attributes) =>
  generator({ tone: 'sine', frequency: PITCH, volume: VOLUME, 'sample-rate': RATE, ...attributes });

function pusher(port) {
  const worker = new Worker(new URL('./blocks.worker.js', import.meta.url), { type: 'module' });
  worker.postMessage({ port }, [port]);
  return {
    pushed() {
      const answer = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
      worker.postMessage({});
      return answer;
    },
    stop: () => worker.terminate(),
  };
}

/** Has blocks pushed by a worker to this page, which hears them. */
function pushedToPage(hear) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => hear(data);
  return pusher(port2);
}

/** Each makes a sound and returns its `track` and, where its blocks are pushed, when each was: `pushed()`. */
export const sounds = {
  /** Built-in tones. */
  sine: async () => ({ track: (await tag({})).audioTrack }),
  beep: async () => ({ track: (await tag({ tone: 'beep', frequency: 1000 })).audioTrack }),
  /** A sine written into the browser's own generator by the page. */
  native() {
    const { track, write } = nativeSound();
    let number = 0;
    const began = performance.now();
    every(100, () => {
      for (; began + number * 10 <= performance.now(); number++) write(block(number));
    });
    return { track };
  },
  /** Blocks that a worker pushes past the page. */
  async pushed() {
    const element = await tag({ tone: 'none', kind: 'audio', channels: 2 });
    return { track: element.audioTrack, ...pusher(await element.openSoundPort()) };
  },
  /** The same by way of the page. */
  async relayed() {
    const element = await tag({ tone: 'none', kind: 'audio', channels: 2 });
    const interleaved = ([left, right]) => left.flatMap((sample, at) => [sample, right[at]]);
    const push = ({ channels }) => element.push(Float32Array.from(interleaved(channels.map((c) => [...c]))));
    return { track: element.audioTrack, ...pushedToPage(push) };
  },
  /** Blocks that a worker pushes, written into the browser's own generator by the page. */
  relayedNative() {
    const { track, write } = nativeSound();
    return { track, ...pushedToPage(({ channels }) => write(channels)) };
  },
  /** Blocks that a worker pushes, played by a row of them in an AudioWorklet, by way of the page. */
  async ring() {
    const context = new AudioContext({ sampleRate: RATE });
    await context.audioWorklet.addModule(new URL('./ring.worklet.js', import.meta.url));
    const ring = new AudioWorkletNode(context, 'ring', { outputChannelCount: [2] });
    const output = context.createMediaStreamDestination();
    ring.connect(output);
    const pushing = pushedToPage(({ channels }) => ring.port.postMessage(channels));
    return { track: output.stream.getAudioTracks()[0], ...pushing };
  },
};

/** Hears sounds; `read()` tells of each how it was since the reset. */
export async function listen(names, seconds) {
  const made = [];
  for (const name of names) made.push({ name, ...(await sounds[name]()) });
  const heard = await recorders(
    made.map(({ track }) => track),
    seconds,
  );
  return {
    reset: () => heard.forEach((recorder) => recorder.reset()),
    async read() {
      const figures = {};
      for (const [index, { name, pushed }] of made.entries()) {
        const recording = await heard[index].read();
        const lags =
          name === 'beep' ? beepOffsets(recording) : pushed ? latencies(recording, await pushed()) : [];
        figures[name] = {
          seconds: recording.samples.length / recording.rate,
          glitches: name === 'beep' ? undefined : glitches(recording),
          latency: median(lags),
          // Of the last fifth: what has become of it in the long run.
          latencyAtEnd: median(lags.slice(-Math.ceil(lags.length / 5))),
        };
      }
      return figures;
    },
  };
}
