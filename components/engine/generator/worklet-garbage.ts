/** After so many, memory is asked for: each message leaves about half a kB. */
const MESSAGES = 1000;
/** What is asked for, in bytes. Browsers clear so much by mapping it anew: it takes none of the machine's memory. */
const PRESSURE = 8 * 2 ** 20;

/**
 * Counts the messages that come to the thread of a worklet, or leave it, and has it gather its garbage now and then.
 * Firefox does so there only when script asks for much memory at once: with 100 messages a second, as of one sound, a
 * page grows by 3 MiB a minute for as long as it is open. It gathers at every few requests, which takes 3 ms.
 */
export class WorkletGarbage {
  #messages = 0;

  add(): void {
    if (++this.#messages < MESSAGES) return;
    this.#messages = 0;
    try {
      void new ArrayBuffer(PRESSURE);
    } catch {
      // Where that much cannot be had, it was gathered first.
    }
  }
}
