/** A sign that the network or the page has changed; `awake`: timers may have rested, now they run again. */
export type NetworkSign = 'online' | 'offline' | 'awake';

/** Tells of each sign until `signal` aborts. */
export type Network = (told: (sign: NetworkSign) => void, signal: AbortSignal) => void;

/** The browser's own. That it is offline is believed only when it becomes so: on some machines it always says that. */
export const systemNetwork: Network = (told, signal) => {
  const listen = (target: EventTarget | undefined, type: string, sign: NetworkSign): void =>
    target?.addEventListener(type, () => told(sign), { signal });
  const { document } = globalThis;
  for (const type of ['online', 'offline'] as const) listen(globalThis, type, type);
  for (const type of ['visibilitychange', 'resume']) listen(document, type, 'awake');
  listen(globalThis, 'pageshow', 'awake');
};
