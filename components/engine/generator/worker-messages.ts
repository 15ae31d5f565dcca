import type { Sound } from './input.js';
import type { Counters } from './pump.js';
import type { Kind, Settings } from './settings.js';

/** What the page asks of the worker. */
export type WorkerRequest =
  | { readonly type: 'wake'; readonly id: number; readonly ms: number }
  | {
      readonly type: 'open';
      readonly kind: Kind;
      /** Speaks `PumpRequest` and `PumpAnswer`. */
      readonly port: MessagePort;
      /** Where frames or sound go; without it the worker makes a track. */
      readonly writable?: WritableStream<VideoFrame> | WritableStream<AudioData>;
      readonly settings: Settings;
    }
  | { readonly type: 'close' };

/** What the worker answers. */
export type WorkerAnswer =
  /** It runs; `makesTracks`: it has a `VideoTrackGenerator`. */
  { readonly type: 'ready'; readonly makesTracks: boolean } | { readonly type: 'wake'; readonly id: number };

/** What the page asks of one pump in the worker. */
export type PumpRequest<T> =
  | { readonly type: 'update'; readonly settings: Settings }
  | { readonly type: 'freeze'; readonly frozen: boolean }
  | { readonly type: 'write'; readonly id: number; readonly item: T }
  | { readonly type: 'push'; readonly item: T }
  | { readonly type: 'play'; readonly clip: Sound | null }
  | { readonly type: 'anchor'; readonly position: number; readonly at: number }
  | { readonly type: 'connect'; readonly port: MessagePort }
  | { readonly type: 'release' };

/** How a pump stands: what it has counted since it last said so. */
export interface PumpReport {
  readonly type: 'report';
  readonly counted: Counters;
  readonly queueLength: number;
  /** Gaps in what was pushed to a worklet, since it was made. */
  readonly gaps?: number;
}

/** What a pump in the worker answers. */
export type PumpAnswer =
  | { readonly type: 'track'; readonly track: MediaStreamTrack }
  /** There is room behind the item of that id. */
  | { readonly type: 'admit'; readonly id: number }
  /** Several times a second: also how the page knows that the worker lives. */
  | PumpReport
  /** Somebody else closed the stream. */
  | { readonly type: 'ended' };
