/** What a page remembers of a person's devices, where an attribute wants it to. */
export interface Preferences {
  readonly camera?: string;
  readonly microphone?: string;
  readonly speaker?: string;
  /** From 0 to 1. */
  readonly volume?: number;
}

/** One for all pages of an origin: somebody who has chosen a microphone has chosen it everywhere. */
const KEY = 'rtc-elements.devices';

/** What is remembered: nothing where the browser keeps nothing. */
export function readPreferences(): Preferences {
  try {
    const { camera, microphone, speaker, volume } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<
      keyof Preferences,
      unknown
    >;
    const text = (value: unknown): string | undefined =>
      typeof value === 'string' && value ? value : undefined;
    return {
      camera: text(camera),
      microphone: text(microphone),
      speaker: text(speaker),
      volume: typeof volume === 'number' && volume >= 0 && volume <= 1 ? volume : undefined,
    };
  } catch {
    return {};
  }
}

/** Remembers these beside what was remembered before. */
export function remember(preferences: Preferences): void {
  const before = readPreferences();
  const after = { ...before, ...preferences };
  try {
    if (JSON.stringify(after) !== JSON.stringify(before)) localStorage.setItem(KEY, JSON.stringify(after));
  } catch {
    // A browser that keeps nothing: the next page begins anew.
  }
}
