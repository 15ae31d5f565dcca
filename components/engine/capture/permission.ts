import type { MediaKitError } from '../errors.js';
import { StateStore, type Store } from '../store.js';
import { policyAllows, refusalOf, type CaptureFeature, type Refusal } from './refusal.js';
import type { CaptureOptions } from './request.js';

/**
 * Whether capturing is allowed. `unknown`: the browser does not say before it is asked, as with displays. `prompt`: it
 * will ask. `dismissed`: it has asked and got no answer. `denied`: by the user; `denied-by-system`: by the operating
 * system; `denied-by-policy`: by the page that embeds this one.
 */
export type CapturePermission = 'unknown' | 'prompt' | 'granted' | Refusal;

/** What a permission follows from. */
export interface PermissionFacts {
  /** Whether it is captured at this moment. */
  readonly live: boolean;
  /** Whether the pages around this one allow it. */
  readonly policy: boolean;
  /** How the last try was refused, until something has changed. */
  readonly refusal: Refusal | null;
  /** What the browser says of each device; null where it does not say. */
  readonly queried: readonly (PermissionState | null)[];
}

/** Decides what the facts come to: what has just been seen goes before what the browser says. */
export function capturePermission({ live, policy, refusal, queried }: PermissionFacts): CapturePermission {
  if (live) return 'granted';
  if (!policy) return 'denied-by-policy';
  if (refusal) return refusal;
  if (queried.includes('denied')) return 'denied';
  if (queried.length === 0 || queried.includes(null)) return 'unknown';
  return queried.includes('prompt') ? 'prompt' : 'granted';
}

/** The devices for which a capture needs permission. */
export function featuresOf({ kind, audio, video, constraints }: CaptureOptions): CaptureFeature[] {
  if (kind === 'display') return ['display-capture'];
  const both = !audio && !video;
  const [camera, microphone] = constraints
    ? [constraints.video, constraints.audio]
    : [both || video, both || audio];
  const features: CaptureFeature[] = [];
  if (camera) features.push('camera');
  if (microphone) features.push('microphone');
  return features;
}

/** What the browser says, and will say, of a device; null where it does not tell. */
export async function queryPermission(feature: CaptureFeature): Promise<PermissionStatus | null> {
  try {
    return await navigator.permissions.query({ name: feature as PermissionName });
  } catch {
    return null;
  }
}

/** Follows whether what a page is about to capture is permitted. */
export class PermissionWatch {
  readonly #store = new StateStore<{ permission: CapturePermission }>({ permission: 'unknown' });
  #statuses: readonly (PermissionStatus | null)[] = [];
  #features: readonly CaptureFeature[] = [];
  #refusal: Refusal | null = null;
  #live = false;
  #following: AbortController | undefined;

  /** The permission as it is now. */
  get store(): Store<{ permission: CapturePermission }> {
    return this.#store;
  }

  /** Asks the browser, which asks nobody, and hears when it decides otherwise, until `signal` aborts. */
  async follow(features: readonly CaptureFeature[], signal: AbortSignal): Promise<void> {
    this.#following?.abort();
    const following = (this.#following = new AbortController());
    signal.addEventListener('abort', () => following.abort(), { signal: following.signal });
    this.#features = features;
    // Of displays nothing is known before the question.
    const queries = features.filter((name) => name !== 'display-capture').map(queryPermission);
    const statuses = await Promise.all(queries);
    if (following.signal.aborted) return;
    this.#statuses = statuses;
    for (const status of statuses) {
      status?.addEventListener('change', () => this.#changed(), { signal: following.signal });
    }
    this.#publish();
  }

  /** What has come of a try: a capture, an error, or neither of them any longer. */
  tell(live: boolean, error: MediaKitError | null): void {
    this.#live = live;
    this.#refusal = error && refusalOf(error.cause, this.#features);
    this.#publish();
  }

  #changed(): void {
    this.#refusal = null;
    this.#publish();
  }

  #publish(): void {
    const permission = capturePermission({
      live: this.#live,
      policy: this.#features.every(policyAllows),
      refusal: this.#refusal,
      queried: this.#statuses.map((status) => status && status.state),
    });
    this.#store.patch({ permission });
  }
}
