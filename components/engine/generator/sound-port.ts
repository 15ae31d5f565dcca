import type { Sound } from './input.js';

/** What every browser can play. */
const [lowestRate, highestRate] = [3000, 768_000];

/** Whether that is sound: what comes from another script may be anything. */
function isSound(data: unknown): data is Sound {
  const { channels, rate } = (data ?? {}) as Partial<Sound>;
  if (!Array.isArray(channels) || !(rate! >= lowestRate && rate! <= highestRate)) return false;
  const planes: readonly unknown[] = channels;
  const [first] = planes;
  return (
    first instanceof Float32Array &&
    first.length > 0 &&
    planes.every((plane) => plane instanceof Float32Array && plane.length === first.length)
  );
}

/** Hears the sound that a script sends through a port, as messages of the type `Sound`; anything else is ignored. */
export function listen(port: MessagePort, hear: (sound: Sound) => void): void {
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isSound(data)) hear(data);
  };
}
