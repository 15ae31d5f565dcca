import { BeepFinder } from './sync-beep.js';

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
declare const currentTime: number;
declare const sampleRate: number;

/** The most by which a clock of sound is slow. */
const SLOW = 0.05;

const silence = new Float32Array(128);

/** Tells the page the wall-clock time, in ms, at which each beep begins. */
class SyncEar extends AudioWorkletProcessor {
  readonly #finder = new BeepFinder(sampleRate);
  /** What the wall clock shows, in ms, at time 0 of the sound. */
  #start = Infinity;

  process([input]: readonly (readonly Float32Array[])[]): boolean {
    const samples = input?.[0] ?? silence;
    // Blocks come in bursts and late, but never too early: the most punctual ones tell the time.
    const slack = (SLOW * samples.length * 1000) / sampleRate;
    this.#start = Math.min(this.#start + slack, Date.now() - currentTime * 1000);
    const onset = this.#finder.find(samples);
    if (onset >= 0) this.port.postMessage(this.#start + (currentTime + onset / sampleRate) * 1000);
    return true;
  }
}

registerProcessor('rtc-sync-ear', SyncEar);
