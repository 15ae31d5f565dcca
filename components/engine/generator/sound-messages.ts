import type { Sound } from './input.js';
import type { Settings } from './settings.js';
import type { PumpRequest } from './worker-messages.js';

/** What the worklet must know from its first sample on. */
export interface SoundSetup {
  readonly settings: Settings;
  /** How long pushed sound waits, in seconds. */
  readonly target: number;
}

/** What the page's clock shows beyond the system's, in seconds. */
export interface ClockRequest {
  readonly type: 'clock';
  readonly ahead: number;
}

/** What the page asks of the worklet; it answers as any pump does. */
export type SoundRequest = PumpRequest<Sound> | ClockRequest;
