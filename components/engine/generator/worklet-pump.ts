import type { Clock } from '../clock.js';
import { AudioPump } from './audio-pump.js';
import { scriptIn } from './generator-worker.js';
import type { Sound } from './input.js';
import type { Counters, Pump } from './pump.js';
import type { Settings } from './settings.js';
import type { SoundGraph } from './sound-graph.js';
import type { SoundAnswer, SoundRequest, SoundSetup } from './sound-messages.js';
import { WebAudio } from './web-audio.js';

/** How long pushed sound waits, in seconds; touch devices deliver it less steadily. */
const [TARGET, TOUCH_TARGET] = [0.04, 0.08];
/** The page's clock is told again when it is off by more than this, in seconds. */
const CLOCK_ERROR = 0.002;

/** Feeds an audio track by Web Audio from a worklet; where that cannot be loaded, from the page. */
export class WorkletPump implements Pump<Sound> {
  readonly counters: Counters;
  readonly #graph: SoundGraph;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, () => void>();
  /** What is asked before somebody is there to hear it. */
  #unheard: (readonly [SoundRequest, Transferable[]])[] | null = [];
  #node: AudioWorkletNode | undefined;
  #stand: AudioPump | undefined;
  #settings: Settings;
  #frozen = false;
  #released = false;
  #queueLength = 0;
  #gaps = 0;
  #ahead = 0;
  #lastId = 0;

  constructor(graph: SoundGraph, settings: Settings, clock: Clock, counters: Counters) {
    this.counters = counters;
    this.#settings = settings;
    this.#clock = clock;
    this.#graph = graph;
    void this.#open();
  }

  get queueLength(): number {
    return this.#stand?.queueLength ?? this.#queueLength;
  }

  /** How many gaps there were in what was pushed, because it came too late. */
  get gaps(): number {
    return this.#gaps;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  set frozen(frozen: boolean) {
    this.#frozen = frozen;
    this.#ask({ type: 'freeze', frozen });
  }

  update(settings: Settings): void {
    this.#settings = settings;
    this.#ask({ type: 'update', settings });
  }

  write(sound: Sound): Promise<void> {
    this.counters.written++;
    return new Promise((admit) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, admit);
      this.#ask({ type: 'write', id, sound }, buffersOf(sound));
    });
  }

  push(sound: Sound): void {
    this.counters.written++;
    this.#ask({ type: 'push', sound }, buffersOf(sound));
  }

  play(clip: Sound | null): void {
    this.#ask({ type: 'play', clip });
  }

  anchor(position: number, at: number): void {
    this.#ask({ type: 'anchor', position, at });
  }

  /** Pushes the sound that comes through the port, past the page. */
  connect(port: MessagePort): void {
    this.#ask({ type: 'connect', port }, [port]);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#unheard = null;
    this.#node?.disconnect();
    this.#node?.port.close();
    for (const admit of this.#waiting.values()) admit();
    this.#waiting.clear();
    if (this.#stand) this.#stand.release();
    else this.#graph.release();
  }

  async #open(): Promise<void> {
    const { context, output } = this.#graph;
    const { workerPath, channels } = this.#settings;
    try {
      const script = workerPath
        ? scriptIn(workerPath, 'sound.worklet.js')
        : new URL('./sound.worklet.js', import.meta.url);
      await context.audioWorklet.addModule(script);
      if (this.#released) return;
      const coarse = matchMedia('(pointer: coarse)').matches;
      const setup: SoundSetup = { settings: this.#settings, target: coarse ? TOUCH_TARGET : TARGET };
      const node = new AudioWorkletNode(context, 'rtc-sound-player', {
        numberOfInputs: 0,
        outputChannelCount: [channels],
        processorOptions: setup,
      });
      node.port.onmessage = ({ data }: MessageEvent<SoundAnswer>) => this.#hear(data);
      node.connect(output);
      this.#node = node;
    } catch (thrown) {
      if (this.#released) return;
      console.warn('The sound is made on the page, and stutters while that is busy: no worklet.', thrown);
      const counters = this.counters;
      this.#stand = new AudioPump(new WebAudio(this.#graph), this.#clock, this.#settings, counters);
    }
    this.#tellTime();
    const unheard = this.#unheard ?? [];
    this.#unheard = null;
    for (const [request, transfer] of unheard) this.#ask(request, transfer);
  }

  #ask(request: SoundRequest, transfer: Transferable[] = []): void {
    if (this.#unheard) this.#unheard.push([request, transfer]);
    else if (this.#stand) this.#doInstead(this.#stand, request);
    else this.#node?.port.postMessage(request, transfer);
  }

  #doInstead(stand: AudioPump, request: SoundRequest): void {
    switch (request.type) {
      case 'update':
        return stand.update(request.settings);
      case 'freeze':
        stand.frozen = request.frozen;
        return;
      case 'write':
        // Both have counted it.
        this.counters.written--;
        return void stand.write(request.sound).then(() => this.#admit(request.id));
      case 'push':
        this.counters.written--;
        return stand.push(request.sound);
      case 'play':
        return stand.play(request.clip);
      case 'anchor':
        return stand.anchor(request.position, request.at);
      case 'connect':
        return stand.connect(request.port);
    }
  }

  #hear(answer: SoundAnswer): void {
    if (answer.type === 'admit') return this.#admit(answer.id);
    for (const key of ['written', 'delivered', 'dropped'] as const) this.counters[key] += answer.counted[key];
    this.#queueLength = answer.queueLength;
    this.#gaps = answer.gaps;
    this.#tellTime();
  }

  #admit(id: number): void {
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }

  /** A system's clock may be set; the pictures go by the page's, which never jumps. */
  #tellTime(): void {
    const ahead = (performance.timeOrigin + performance.now() - Date.now()) / 1000;
    if (Math.abs(ahead - this.#ahead) < CLOCK_ERROR) return;
    this.#ahead = ahead;
    this.#ask({ type: 'clock', ahead });
  }
}

/** Handed over rather than copied. */
function buffersOf({ channels }: Sound): Transferable[] {
  return [...new Set(channels.map(({ buffer }) => buffer))];
}
