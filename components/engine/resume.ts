const gestures = ['pointerdown', 'pointerup', 'keydown'] as const;

/** Lets the context run, now or, where the browser holds it back, at the next gesture. */
export function resume(context: AudioContext, signal: AbortSignal): void {
  const run = (): void => {
    if (context.state !== 'running') context.resume().catch(() => {});
  };
  for (const gesture of gestures) {
    window.addEventListener(gesture, run, { capture: true, passive: true, signal });
  }
  run();
}
