import { scriptIn, startWorker, workerClass } from '../../worker-script.js';

/** Starts the script that encrypts and decrypts: the one beside this module or, where it is given, the one in that folder. */
export function createFramesWorker(path = ''): Worker {
  // By this name bundlers find the script of a worker.
  const Worker = workerClass();
  if (path) return new Worker(/* @vite-ignore */ scriptIn(path, 'frames.worker.js'), { type: 'module' });
  const script = new URL('./frames.worker.js', /* @vite-ignore */ import.meta.url);
  return startWorker(
    script,
    () => new Worker(new URL('./frames.worker.js', import.meta.url), { type: 'module' }),
  );
}
