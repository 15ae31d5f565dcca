import { systemClock } from '../clock.js';
import type { AudioBackend } from './backend.js';
import type { Settings } from './settings.js';

/** Even an allowed context takes a moment to run, in ms. */
const START_TIME = 300;

/** What begins sooner than this comes too late, in seconds. */
const SCHEDULING_TIME = 0.01;

const gestures = ['pointerdown', 'pointerup', 'keydown'] as const;

/** An audio track by Web Audio, for browsers without a generator of their own. */
export class WebAudio implements AudioBackend {
  readonly track: MediaStreamTrack;
  readonly lead = 0.1;
  // What is not scheduled in time is lost.
  readonly patience = 0;
  readonly #context: AudioContext;
  readonly #output: MediaStreamAudioDestinationNode;
  readonly #life = new AbortController();

  /** `blocked` hears whether the browser holds the sound back until the next gesture. */
  constructor({ sampleRate, channels }: Settings, blocked: (blocked: boolean) => void) {
    const context = new AudioContext({ sampleRate });
    this.#context = context;
    this.#output = new MediaStreamAudioDestinationNode(context, { channelCount: channels });
    this.track = this.#output.stream.getAudioTracks()[0]!;
    // A graph without an active source is not pulled, and resumes with sound at the wrong time.
    const alive = new ConstantSourceNode(context, { offset: 1e-6 });
    alive.connect(this.#output);
    alive.start();
    const { signal } = this.#life;
    const resume = (): void => void context.resume().catch(() => {});
    const tell = (): void => blocked(context.state !== 'running');
    context.addEventListener('statechange', tell, { signal });
    for (const gesture of gestures) {
      window.addEventListener(
        gesture,
        () => {
          if (context.state !== 'running') resume();
        },
        { capture: true, passive: true, signal },
      );
    }
    resume();
    const cancel = systemClock.after(START_TIME, tell);
    signal.addEventListener('abort', cancel);
  }

  get now(): number {
    return this.#context.currentTime + SCHEDULING_TIME;
  }

  write(channels: readonly Float32Array<ArrayBuffer>[], rate: number, at: number): void {
    const buffer = this.#context.createBuffer(channels.length, channels[0]!.length, rate);
    channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#output);
    source.start(at);
    // What comes too late would start late, and sound together with what follows.
    source.stop(at + channels[0]!.length / rate);
  }

  release(): void {
    this.#life.abort();
    this.track.stop();
    void this.#context.close().catch(() => {});
  }
}
