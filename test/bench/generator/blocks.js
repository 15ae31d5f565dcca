// Sound that shows what has become of it: a sine on the left, the number of the block on the right.

/** Of the sine, in Hz: no whole number of waves fits into what is lost or repeated. */
export const PITCH = 437;
export const RATE = 48_000;
/** Length of a block, in samples: 10 ms. */
export const BLOCK = RATE / 100;
export const VOLUME = 0.25;

/** Numbers start over at this. */
const NUMBERS = 500;

/** The two channels of one block. */
export function block(number) {
  const left = new Float32Array(BLOCK);
  for (let at = 0; at < BLOCK; at++) {
    left[at] = VOLUME * Math.sin((2 * Math.PI * PITCH * (number * BLOCK + at)) / RATE);
  }
  return [left, new Float32Array(BLOCK).fill(((number % NUMBERS) + 1) / (NUMBERS + 1))];
}

/**
 * For each block that is heard, how many ms after it was pushed: `pushed` are the wall-clock times by number. Takes the
 * pushed one nearest before it where the numbers have started over.
 */
export function latencies({ rate, codes, times }, pushed) {
  const found = [];
  let last = -1;
  for (let at = 2; at < codes.length; at++) {
    // Where it stands still for three samples: in between, a resampler goes from one number to the next.
    if (Math.abs(codes[at] - codes[at - 2]) > 1e-5) continue;
    const code = Math.round(codes[at] * (NUMBERS + 1)) - 1;
    if (code < 0 || code === last) continue;
    last = code;
    const heard = times[at >> 7] + ((at & 127) * 1000) / rate;
    let number = code;
    while (number + NUMBERS < pushed.length && pushed[number + NUMBERS] <= heard) number += NUMBERS;
    if (pushed[number] !== undefined) found.push(heard - pushed[number]);
  }
  return found;
}

/**
 * How often a sine is interrupted, by silence or a jump: two samples give away its amplitude and, with a third, whether
 * they belong to one wave. What follows within 30 ms is the same glitch.
 */
export function glitches({ rate, samples }) {
  const step = (2 * Math.PI * PITCH) / rate;
  const [cos, sin] = [Math.cos(step), Math.sin(step)];
  const pause = 0.03 * rate;
  let count = 0;
  let last = -Infinity;
  for (let at = 2; at < samples.length; at++) {
    const [a, b, c] = [samples[at - 2], samples[at - 1], samples[at]];
    const amplitude = Math.sqrt(Math.max(0, b * b + c * c - 2 * b * c * cos)) / sin;
    const jump = Math.abs(c - 2 * cos * b + a);
    if (Math.abs(amplitude - VOLUME) < 0.3 * VOLUME && jump < 0.1 * VOLUME) continue;
    if (at - last > pause) count++;
    last = at;
  }
  return count;
}

/** How many ms after the nearest full second each beep is heard. */
export function beepOffsets({ rate, samples, times }) {
  const offsets = [];
  let quiet = 0;
  samples.forEach((sample, at) => {
    if (Math.abs(sample) < 0.02 * VOLUME) {
      quiet++;
      return;
    }
    if (quiet > rate / 3) {
      const heard = times[at >> 7] + ((at & 127) * 1000) / rate;
      offsets.push(heard - Math.round(heard / 1000) * 1000);
    }
    quiet = 0;
  });
  return offsets;
}
