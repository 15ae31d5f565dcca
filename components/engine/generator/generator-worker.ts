import { systemClock, type Clock } from '../clock.js';
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

/** A script in a folder of the page's own. */
export function scriptIn(path: string, name: string): string {
  return new URL(name, new URL(path.replace(/\/?$/, '/'), document.baseURI)).href;
}

/** Starts the worker's script: the one beside this module or, where it is given, the one in that folder. */
export function createGeneratorWorker(path = ''): Worker {
  // By this name bundlers find the script of a worker.
  const Worker = class extends globalThis.Worker {
    constructor(script: string | URL, options: WorkerOptions) {
      super(trusted(script), options);
    }
  };
  if (path) return new Worker(/* @vite-ignore */ scriptIn(path, 'generator.worker.js'), { type: 'module' });
  const script = new URL('./generator.worker.js', /* @vite-ignore */ import.meta.url);
  try {
    // Firefox does not throw at a script of another origin: it fires an error later.
    if (script.origin === location.origin) {
      return new Worker(new URL('./generator.worker.js', import.meta.url), { type: 'module' });
    }
  } catch {
    // The page's rules forbid the script: perhaps not that of a blob.
  }
  // A script of another origin (a CDN) cannot be a worker, but a worker of this origin can import it.
  const blob = new Blob([`import ${JSON.stringify(script.href)};`], { type: 'text/javascript' });
  const blobUrl = URL.createObjectURL(blob);
  try {
    return new Worker(blobUrl, { type: 'module' });
  } finally {
    URL.revokeObjectURL(blobUrl);
  }
}
