import type { MediaKitError } from '../errors.js';
import type { Kind } from '../generator/settings.js';
import { keptStreams } from '../kept-streams.js';
import { Effect } from './effect.js';
import type { EffectSettings } from './settings.js';

/** So long is waited until something has come through each track, in ms, so that no first word is missing. */
const PATIENCE = 1000;
/** How often is looked, in ms: an event for each frame would be for this alone. */
const TICK = 20;

const untouched: EffectSettings = {
  effect: 'none',
  video: false,
  audio: false,
  amount: 0,
  text: '',
  processor: null,
  workerPath: '',
  background: '',
  visionPath: '',
  visionModel: '',
};

export interface SteadyOptions {
  /** Ends the tracks. */
  readonly signal: AbortSignal;
  /** Hears that one of them has ended because what it is made of cannot be read. */
  readonly onError: (error: MediaKitError) => void;
}

/**
 * What a kept stream shows and sounds like, through tracks that stay while others take the place of those that it has
 * now. They end when none does any longer: a stream that is over by then is answered as it is. Rejects with a
 * `MediaKitError` where they cannot be had.
 */
export async function steadied(
  source: MediaStream,
  { signal, onError }: SteadyOptions,
): Promise<MediaStream> {
  const kept = keptStreams.get(source);
  if (!kept || signal.aborted) return source;
  const refused = new AbortController();
  const over = AbortSignal.any([signal, kept, refused.signal]);
  const lives = (wanted: Kind): boolean =>
    source.getTracks().some(({ kind, readyState }) => kind === wanted && readyState === 'live');
  // One that rests may not come back, and a recording would wait for it.
  const settings = { ...untouched, video: lives('video'), audio: lives('audio') };
  return new Promise((resolve, reject) => {
    let failed = (error: MediaKitError): void => {
      reject(error);
      refused.abort();
    };
    const effect = new Effect({ settings, onError: (error) => failed(error) });
    over.addEventListener('abort', () => {
      effect.release();
      resolve(source);
    });
    source.addEventListener('addtrack', () => effect.follow(source), { signal: over });
    effect.store.subscribe(({ stream }) => {
      if (!stream) return;
      void flowing(effect, settings, over).then(() => {
        failed = onError;
        resolve(stream);
      });
    }, over);
    effect.follow(source);
  });
}

/** Resolves when something has come through each of its tracks, or could have. */
async function flowing(effect: Effect, settings: EffectSettings, over: AbortSignal): Promise<void> {
  const begun = performance.now();
  const waits = (kind: Kind): boolean => settings[kind] && effect.stats[kind].passed === 0;
  while ((waits('video') || waits('audio')) && !over.aborted && performance.now() - begun < PATIENCE)
    await new Promise((resolve) => setTimeout(resolve, TICK));
}
