import type { Chunk } from '../generator/track-writer.js';
import { processorTransform, type ProcessorClass, type ProcessorFunction } from './processor.js';
import { isOpen, type Answer, type Transform } from './transform.js';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.js';

// Runs the processor of a page where it disturbs nobody.

const host = globalThis as unknown as {
  onmessage: (event: MessageEvent<WorkerRequest>) => void;
  postMessage(message: WorkerAnswer, transfer?: Transferable[]): void;
};
let transform: Transform | undefined;

async function open(url: string): Promise<void> {
  try {
    const module = (await import(/* @vite-ignore */ url)) as { default: ProcessorFunction | ProcessorClass };
    transform = processorTransform(module.default);
    host.postMessage({ type: 'ready' });
  } catch (thrown) {
    host.postMessage({ type: 'refused', message: String(thrown) });
  }
}

async function apply(chunk: Chunk): Promise<void> {
  try {
    const answer = portable(await transform!.apply(chunk), chunk);
    host.postMessage({ type: 'made', answer }, isTransferable(answer) ? [answer] : []);
    // What was handed over is not open any more.
    if (isOpen(chunk)) chunk.close();
  } catch (thrown) {
    const back = isOpen(chunk) ? chunk : null;
    host.postMessage({ type: 'threw', message: String(thrown), chunk: back }, back ? [back] : []);
  }
}

/** A canvas that is drawn on again stays where it is. */
function portable(answer: Answer, { timestamp }: Chunk): Answer {
  return answer instanceof OffscreenCanvas ? new VideoFrame(answer, { timestamp, alpha: 'discard' }) : answer;
}

const isTransferable = (answer: Answer): answer is VideoFrame | AudioData | ImageBitmap =>
  typeof answer === 'object' && answer !== null && 'close' in answer;

host.onmessage = ({ data }) => void (data.type === 'open' ? open(data.url) : apply(data.chunk));
