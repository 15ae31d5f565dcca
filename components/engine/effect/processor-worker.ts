import { MediaKitError } from '../errors.js';
import { scriptIn, startWorker, workerClass } from '../worker-script.js';
import { processorTransform, type ProcessorClass, type ProcessorFunction } from './processor.js';
import { Failure, type Answer, type Transform } from './transform.js';
import type { Chunk } from '../generator/track-writer.js';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.js';

const WITHOUT_WORKER =
  'rtc-elements: a processor has to do without its worker, and runs on the page. Does the content security policy ' +
  'allow it, and is effect.worker.js where it is looked for?';

/** The processor of a module, in a worker of its own. Rejects with `bad-input` where the module has none. */
export async function openProcessor(url: string, workerPath: string): Promise<Transform> {
  const remote = await RemoteProcessor.open(url, workerPath);
  if (remote) return remote;
  console.warn(WITHOUT_WORKER);
  try {
    const module = (await import(/* @vite-ignore */ url)) as { default: ProcessorFunction | ProcessorClass };
    return processorTransform(module.default);
  } catch (cause) {
    throw refused(url, String(cause), cause);
  }
}

/** The page's end of a processor in a worker: chunks go there and come back, one at a time. */
class RemoteProcessor implements Transform {
  readonly #worker: Worker;
  #hear: (answer: WorkerAnswer) => void = () => {};
  #fail: (why: string) => void = () => {};

  /** Null where there can be no worker. */
  static async open(url: string, workerPath: string): Promise<RemoteProcessor | null> {
    let remote: RemoteProcessor;
    try {
      remote = new RemoteProcessor(createEffectWorker(workerPath));
    } catch {
      return null;
    }
    const answer = await remote.#ask({ type: 'open', url }, []).catch(() => null);
    if (answer?.type === 'ready') return remote;
    remote.release();
    if (answer?.type === 'refused') throw refused(url, answer.message);
    return null;
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<WorkerAnswer>) => this.#hear(data);
    worker.onerror = (event) => {
      // Not an error of the page: it would end up on its console.
      event.preventDefault();
      this.#fail(event.message || 'The worker failed.');
    };
  }

  async apply(chunk: Chunk): Promise<Answer> {
    const answer = await this.#ask({ type: 'apply', chunk }, [chunk]);
    if (answer.type === 'made') return answer.answer;
    throw answer.type === 'threw'
      ? new Failure(answer.message, answer.chunk)
      : new Failure(answer.type, null);
  }

  release(): void {
    this.#worker.terminate();
    this.#hear({ type: 'made', answer: null });
  }

  #ask(request: WorkerRequest, transfer: Transferable[]): Promise<WorkerAnswer> {
    return new Promise((hear, fail) => {
      this.#hear = hear;
      this.#fail = (why) => fail(new Failure(why, null));
      this.#worker.postMessage(request, transfer);
    });
  }
}

function refused(url: string, why: string, cause?: unknown): MediaKitError {
  const words = `The processor ${url} is of no use: its default export is a function or a class, and it loads. ${why}`;
  return new MediaKitError('bad-input', words, { cause });
}

/** Starts the worker's script: the one beside this module or, where it is given, the one in that folder. */
function createEffectWorker(path: string): Worker {
  // By this name bundlers find the script of a worker.
  const Worker = workerClass();
  if (path) return new Worker(/* @vite-ignore */ scriptIn(path, 'effect.worker.js'), { type: 'module' });
  const script = new URL('./effect.worker.js', /* @vite-ignore */ import.meta.url);
  return startWorker(
    script,
    () => new Worker(new URL('./effect.worker.js', import.meta.url), { type: 'module' }),
  );
}
