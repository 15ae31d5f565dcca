// Hears a track where it is heard, in the audio thread: keeps the samples of two channels, and when they came.
const QUANTUM = 128;

registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    #samples;
    #codes;
    #times;
    #quanta = 0;

    constructor({ processorOptions: { seconds } }) {
      super();
      const quanta = Math.ceil((seconds * sampleRate) / QUANTUM);
      this.#samples = new Float32Array(quanta * QUANTUM);
      this.#codes = new Float32Array(quanta * QUANTUM);
      // Wall-clock time in ms.
      this.#times = new Float64Array(quanta);
      this.port.onmessage = ({ data }) => {
        if (data === 'reset') this.#quanta = 0;
        else this.#answer();
      };
    }

    process([[left, right]]) {
      if (this.#quanta === this.#times.length) return true;
      const at = this.#quanta * QUANTUM;
      if (left) this.#samples.set(left, at);
      else this.#samples.fill(0, at, at + QUANTUM);
      if (right) this.#codes.set(right, at);
      else this.#codes.fill(0, at, at + QUANTUM);
      this.#times[this.#quanta++] = Date.now();
      return true;
    }

    #answer() {
      const count = this.#quanta * QUANTUM;
      this.port.postMessage({
        rate: sampleRate,
        samples: this.#samples.subarray(0, count),
        codes: this.#codes.subarray(0, count),
        times: this.#times.subarray(0, this.#quanta),
      });
    }
  },
);
