import { MediaKitError } from '../errors.js';
import { resume } from '../resume.js';
import { Board } from './board.js';

/** An audio context that measures, for all meters of a page together: each has a thread of its own. */
export interface Listening {
  readonly context: AudioContext;
  /** A board with room for one more sound. */
  board(): Board;
  /** Gives it back. The last one closes it. */
  release(): void;
}

interface Shared {
  readonly context: AudioContext;
  readonly ready: Promise<void>;
  readonly life: AbortController;
  readonly boards: Board[];
  users: number;
}

/** How much sound is measured at once, in seconds: the less often the thread is woken, the less it costs. */
const LATENCY = 0.1;
/** So many samples are processed at once, where a context may choose that: to be called costs more than to measure a sample. */
const QUANTUM = 512;

/** By sample rate; 0 is the system's. Empty while nobody measures. */
const shared = new Map<number, Shared>();

/** A context in which the meter can run. Rejects with `unsupported` where no worklet can be loaded. */
export async function listening(sampleRate = 0): Promise<Listening> {
  const one = shared.get(sampleRate) ?? open(sampleRate);
  one.users++;
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    if (--one.users > 0) return;
    shared.delete(sampleRate);
    one.life.abort();
    for (const board of one.boards) board.release();
    one.context.close().catch(() => {});
  };
  try {
    await one.ready;
  } catch (cause) {
    release();
    const words =
      'The level cannot be measured: serve the page over https:, and the file meter.worklet.js, and allow it in the page’s rules.';
    throw new MediaKitError('unsupported', words, { cause });
  }
  return { context: one.context, board: () => boardOf(one), release };
}

function boardOf({ context, boards }: Shared): Board {
  let board = boards.find(({ hasRoom }) => hasRoom);
  if (!board) boards.push((board = new Board(context)));
  return board;
}

function open(sampleRate: number): Shared {
  const options = {
    latencyHint: LATENCY,
    ...(sampleRate ? { sampleRate } : {}),
    renderSizeHint: QUANTUM,
    // Nothing is played: no speaker need be opened for it, where the browser can do without.
    sinkId: { type: 'none' },
  };
  const context = new AudioContext(options);
  const life = new AbortController();
  // Rejects, and does not throw, where a page that is not secure has no worklets: the context is closed then.
  const ready = Promise.resolve().then(() =>
    context.audioWorklet.addModule(new URL('./meter.worklet.js', import.meta.url)),
  );
  resume(context, life.signal);
  const one = { context, ready, life, boards: [], users: 0 };
  shared.set(sampleRate, one);
  return one;
}
