/** Waits for one event; rejects after `timeout` ms, naming it. */
export function nextEvent<T extends Event = Event>(
  target: EventTarget,
  type: string,
  timeout = 10_000,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      target.removeEventListener(type, heard);
      reject(new Error(`no "${type}" within ${timeout} ms`));
    }, timeout);
    const heard = (event: Event): void => {
      clearTimeout(timer);
      resolve(event as T);
    };
    target.addEventListener(type, heard, { once: true });
  });
}

/** Asks again and again until `condition` answers something truthy, and resolves with that. */
export async function until<T>(
  condition: () => T | Promise<T>,
  what = condition.toString(),
  timeout = 10_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`not within ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Runs `act`, and has what is to happen `ms` ms after it happen at once: an element is given no clock by a test. */
export async function hastened(ms: number, act: () => Promise<unknown>): Promise<void> {
  const { setTimeout } = window;
  const at = (delay?: number): number | undefined => (delay === ms ? 0 : delay);
  window.setTimeout = ((run: () => void, delay?: number) =>
    setTimeout(run, at(delay))) as typeof window.setTimeout;
  try {
    await act();
  } finally {
    window.setTimeout = setTimeout;
  }
}

/** Lets the grace of removed elements pass: two frames, or the timer that stands in for them on hidden pages. */
export async function afterGrace(): Promise<void> {
  const frames = async (): Promise<void> => {
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  };
  await Promise.race([frames(), new Promise((resolve) => setTimeout(resolve, 150))]);
}
