import { systemClock, type Clock } from '../clock.js';
import { scriptIn, startWorker, workerClass } from '../worker-script.js';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.js';

/** Makes the worker; throws where the page may not have one. */
export type WorkerFactory = () => Worker;

/** How long the worker has to put things away, in ms. */
const CLOSING_TIME = 200;

/**
 * A generator's own worker. It wakes the page, because hidden pages get one timer a second; until it has answered, and
 * for good where there can be none, the page's own timers stand in. And it runs what needs nothing of the page.
 */
export class GeneratorWorker implements Clock {
  readonly #sleepers = new Map<number, () => void>();
  readonly #worker: Worker | undefined;
  #makesTracks: boolean | undefined;
  #lastId = 0;
  #settle: (works: boolean) => void = () => {};
  /** Whether the worker runs: false where it may not, for instance by the page's content security policy. */
  readonly works = new Promise<boolean>((settle) => (this.#settle = settle));

  constructor(createWorker: WorkerFactory) {
    try {
      this.#worker = createWorker();
    } catch {
      this.#settle(false);
      return;
    }
    this.#worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => this.#hear(data);
    this.#worker.onerror = (event) => {
      // Not an error of the page: it would end up on its console.
      event.preventDefault();
      this.#settle(false);
    };
  }

  /** Whether it has answered. */
  get ready(): boolean {
    return this.#makesTracks !== undefined;
  }

  /** Whether tracks can be made in it. */
  get makesTracks(): boolean {
    return this.#makesTracks === true;
  }

  now(): number {
    return systemClock.now();
  }

  after(ms: number, callback: () => void): () => void {
    if (!this.ready) return systemClock.after(ms, callback);
    const id = ++this.#lastId;
    this.#sleepers.set(id, callback);
    this.ask({ type: 'wake', id, ms });
    return () => this.#sleepers.delete(id);
  }

  ask(request: WorkerRequest, transfer: Transferable[] = []): void {
    this.#worker?.postMessage(request, transfer);
  }

  release(): void {
    this.#sleepers.clear();
    this.#settle(false);
    const worker = this.#worker;
    if (!worker) return;
    this.ask({ type: 'close' });
    systemClock.after(CLOSING_TIME, () => worker.terminate());
  }

  #hear(answer: WorkerAnswer): void {
    if (answer.type === 'ready') {
      this.#makesTracks = answer.makesTracks;
      this.#settle(true);
      return;
    }
    const callback = this.#sleepers.get(answer.id);
    this.#sleepers.delete(answer.id);
    callback?.();
  }
}

/** Starts the worker's script: the one beside this module or, where it is given, the one in that folder. */
export function createGeneratorWorker(path = ''): Worker {
  // By this name bundlers find the script of a worker.
  const Worker = workerClass();
  if (path) return new Worker(/* @vite-ignore */ scriptIn(path, 'generator.worker.js'), { type: 'module' });
  const script = new URL('./generator.worker.js', /* @vite-ignore */ import.meta.url);
  return startWorker(
    script,
    () => new Worker(new URL('./generator.worker.js', import.meta.url), { type: 'module' }),
  );
}
