import type { Sound } from './input.js';
import type { Counters } from './pump.js';
import type { Settings } from './settings.js';

/** What the worklet must know from its first sample on. */
export interface SoundSetup {
  readonly settings: Settings;
  /** How long pushed sound waits, in seconds. */
  readonly target: number;
}

/** What the page asks of the worklet. */
export type SoundRequest =
  | { readonly type: 'update'; readonly settings: Settings }
  | { readonly type: 'freeze'; readonly frozen: boolean }
  /** What the page's clock shows beyond the system's, in seconds. */
  | { readonly type: 'clock'; readonly ahead: number }
  | { readonly type: 'write'; readonly id: number; readonly sound: Sound }
  | { readonly type: 'push'; readonly sound: Sound }
  | { readonly type: 'play'; readonly clip: Sound | null }
  | { readonly type: 'anchor'; readonly position: number; readonly at: number }
  /** Messages of the type `Sound` that come through it are pushed. */
  | { readonly type: 'connect'; readonly port: MessagePort };

/** What the worklet answers. */
export type SoundAnswer =
  /** There is room behind the sound of that id. */
  | { readonly type: 'admit'; readonly id: number }
  /** Several times a second: what was counted since the last time, without what the page counts itself. */
  | {
      readonly type: 'report';
      readonly counted: Counters;
      readonly queueLength: number;
      readonly gaps: number;
    };
