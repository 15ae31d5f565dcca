import type { Clock } from '../clock.js';
import { AudioPump } from './audio-pump.js';
import { scriptIn } from '../worker-script.js';
import type { Sound } from './input.js';
import type { Counters, Pump } from './pump.js';
import { RemotePump } from './remote-pump.js';
import type { Settings } from './settings.js';
import type { SoundGraph } from './sound-graph.js';
import type { ClockRequest, SoundSetup } from './sound-messages.js';
import { WebAudio } from './web-audio.js';

/** How long pushed sound waits, in seconds; touch devices deliver it less steadily. */
const [TARGET, TOUCH_TARGET] = [0.04, 0.08];
/** The page's clock is told again when it is off by more than this, in seconds. */
const CLOCK_ERROR = 0.002;

/** Feeds the track of a graph, which it owns, from a worklet; where that cannot be loaded, from the page. */
export async function openSoundPump(
  graph: SoundGraph,
  settings: Settings,
  clock: Clock,
  counters: Counters,
): Promise<Pump<Sound>> {
  try {
    const script = settings.workerPath
      ? scriptIn(settings.workerPath, 'sound.worklet.js')
      : new URL('./sound.worklet.js', import.meta.url);
    await graph.context.audioWorklet.addModule(script);
    return new WorkletPump(graph, settings, counters);
  } catch (thrown) {
    // One that was released meanwhile can load nothing.
    if (!graph.released) {
      console.warn('The sound is made on the page, and stutters while that is busy: no worklet.', thrown);
    }
    return new AudioPump(new WebAudio(graph), clock, settings, counters);
  }
}

/** The page's end of a pump that runs in a worklet. */
export class WorkletPump extends RemotePump<Sound> {
  readonly #graph: SoundGraph;
  readonly #node: AudioWorkletNode;
  #gaps = 0;
  #ahead = 0;

  /** The worklet's script is loaded. */
  constructor(graph: SoundGraph, settings: Settings, counters: Counters) {
    const coarse = matchMedia('(pointer: coarse)').matches;
    const setup: SoundSetup = { settings, target: coarse ? TOUCH_TARGET : TARGET };
    const node = new AudioWorkletNode(graph.context, 'rtc-sound-player', {
      numberOfInputs: 0,
      outputChannelCount: [settings.channels],
      processorOptions: setup,
    });
    super(node.port, counters, {
      reported: ({ gaps = 0 }) => {
        this.#gaps = gaps;
        this.#tellTime();
      },
    });
    this.#graph = graph;
    this.#node = node;
    node.connect(graph.output);
    this.#tellTime();
  }

  /** How many gaps there were in what was pushed, because it came too late. */
  get gaps(): number {
    return this.#gaps;
  }

  override release(): void {
    super.release();
    this.#node.disconnect();
    this.#node.port.close();
    this.#graph.release();
  }

  /** A system's clock may be set; the pictures go by the page's, which never jumps. */
  #tellTime(): void {
    const ahead = (performance.timeOrigin + performance.now() - Date.now()) / 1000;
    if (Math.abs(ahead - this.#ahead) < CLOCK_ERROR) return;
    this.#ahead = ahead;
    this.#node.port.postMessage({ type: 'clock', ahead } satisfies ClockRequest);
  }
}
