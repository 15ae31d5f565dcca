import { systemClock, type Clock } from '../clock.js';

/** The first of the times `start + n · interval` after `now`; one that a timer met up to 1 ms early counts as met. */
export function nextDeadline(start: number, interval: number, now: number): number {
  return start + (Math.floor((now - start + 1) / interval) + 1) * interval;
}

/** Calls back at a steady rate. What comes too late is skipped, never caught up. */
export class Ticker {
  readonly #clock: Clock;
  readonly #tick: (now: number) => void;
  #start = 0;
  #interval = 0;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, rate: number, tick: (now: number) => void) {
    this.#clock = clock;
    this.#tick = tick;
    this.setRate(rate);
  }

  /** Calls per second from now on. */
  setRate(rate: number): void {
    if (this.#interval === 1000 / rate) return;
    this.#start = this.#clock.now();
    this.#interval = 1000 / rate;
    this.#wait();
  }

  release(): void {
    this.#cancel?.();
  }

  #wait(): void {
    this.#cancel?.();
    const now = this.#clock.now();
    this.#cancel = this.#clock.after(nextDeadline(this.#start, this.#interval, now) - now, () => {
      // Before the work: the next wake does not suffer from a tick that throws or releases.
      this.#wait();
      this.#tick(this.#clock.now());
    });
  }
}

/** Makes the worker; rejects where the page may not have one. */
export type WorkerFactory = () => Worker;

/**
 * A clock woken by a worker of its own, because hidden pages get one timer a second. Until the worker has answered
 * once, and for good where there can be none, the page's own timers stand in.
 */
export class WorkerClock implements Clock {
  readonly #waiting = new Map<number, () => void>();
  #worker: Worker | undefined;
  #ready = false;
  #lastId = 0;

  constructor(createWorker: WorkerFactory = createTickerWorker) {
    try {
      this.#worker = createWorker();
    } catch {
      return;
    }
    this.#worker.onmessage = ({ data: id }: MessageEvent<number>) => {
      this.#ready = true;
      const callback = this.#waiting.get(id);
      this.#waiting.delete(id);
      callback?.();
    };
    // Not an error of the page: it would end up on its console.
    this.#worker.onerror = (event) => event.preventDefault();
    this.#worker.postMessage([0, 0]);
  }

  /** Whether the worker answers. */
  get ready(): boolean {
    return this.#ready;
  }

  now(): number {
    return systemClock.now();
  }

  after(ms: number, callback: () => void): () => void {
    if (!this.#ready) return systemClock.after(ms, callback);
    const id = ++this.#lastId;
    this.#waiting.set(id, callback);
    this.#worker?.postMessage([id, ms]);
    return () => this.#waiting.delete(id);
  }

  release(): void {
    this.#waiting.clear();
    this.#worker?.terminate();
  }
}

interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown;
}

/** Made once: a page that names its policies permits one of each name. */
let policy: ScriptUrlPolicy | undefined;

/** The URL as a page with `require-trusted-types-for 'script'` wants it, if it permits the policy `rtc-elements`. */
function trusted(url: string | URL): string {
  const { trustedTypes } = globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy };
  };
  try {
    policy ??= trustedTypes?.createPolicy('rtc-elements', { createScriptURL: (given: string) => given });
  } catch {
    // Not permitted: the plain URL will do if the page does not want more.
  }
  return (policy?.createScriptURL(String(url)) ?? url) as string;
}

function createTickerWorker(): Worker {
  // By this name bundlers find the script of a worker.
  const Worker = class extends globalThis.Worker {
    constructor(url: string | URL, options: WorkerOptions) {
      super(trusted(url), options);
    }
  };
  try {
    return new Worker(new URL('./ticker.worker.js', import.meta.url), { type: 'module' });
  } catch {
    // A script of another origin (a CDN) cannot be a worker, but a worker of this origin can import it.
    const script = new URL('./ticker.worker.js', /* @vite-ignore */ import.meta.url).href;
    const blob = new Blob([`import ${JSON.stringify(script)};`], { type: 'text/javascript' });
    const url = URL.createObjectURL(blob);
    try {
      return new Worker(url, { type: 'module' });
    } finally {
      URL.revokeObjectURL(url);
    }
  }
}
