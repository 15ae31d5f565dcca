import { systemClock } from '../clock.js';
import { resume } from '../resume.js';
import type { Settings } from './settings.js';

/** Even an allowed context takes a moment to run, in ms. */
const START_TIME = 300;

/** An audio track that plays what is connected to its output, as soon as the browser lets it. */
export class SoundGraph {
  readonly context: AudioContext;
  readonly output: MediaStreamAudioDestinationNode;
  readonly track: MediaStreamTrack;
  readonly #life = new AbortController();

  /** `blocked` hears whether the browser holds the sound back until the next gesture. */
  constructor({ sampleRate, channels }: Settings, blocked: (blocked: boolean) => void) {
    const context = new AudioContext({ sampleRate });
    this.context = context;
    this.output = new MediaStreamAudioDestinationNode(context, { channelCount: channels });
    this.track = this.output.stream.getAudioTracks()[0]!;
    // A graph without an active source is not pulled, and resumes with sound at the wrong time.
    const alive = new ConstantSourceNode(context, { offset: 1e-6 });
    alive.connect(this.output);
    alive.start();
    const { signal } = this.#life;
    const tell = (): void => blocked(context.state !== 'running');
    context.addEventListener('statechange', tell, { signal });
    resume(context, signal);
    const cancel = systemClock.after(START_TIME, tell);
    signal.addEventListener('abort', cancel);
  }

  get released(): boolean {
    return this.#life.signal.aborted;
  }

  /** Ends the track and closes the context. */
  release(): void {
    if (this.released) return;
    this.#life.abort();
    this.track.stop();
    void this.context.close().catch(() => {});
  }
}
