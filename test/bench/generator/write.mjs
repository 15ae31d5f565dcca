import { interleave, line, round } from './figures.mjs';
import { watch } from './watch.mjs';

/** Frames that the page draws, given to the tag, against the browser's own generator. */
export async function run({ chromium, origin, long }) {
  const browser = await chromium();
  const lines = {};
  for (const [width, height] of [
    [1280, 720],
    [1920, 1080],
  ]) {
    const { native, written } = await interleave(['native', 'written'], long ? 7 : 3, (picture) =>
      watch(browser, origin, { picture, viewer: 'worker', width, height }, 3000),
    );
    const ratio = written.cpu / native.cpu;
    const later = written.latency - native.latency;
    lines[`write(VideoFrame), CPU, ${height}p`] = line({
      against: `native, ${round(native.cpu)} ms a frame`,
      measured: `${round(written.cpu)} ms, × ${round(ratio)}`,
      aim: '≤ 1.10',
      met: ratio <= 1.1,
    });
    lines[`write(VideoFrame), latency p50, ${height}p`] = line({
      against: `native, ${round(native.latency)} ms`,
      measured: `${round(written.latency)} ms`,
      aim: 'at most 2 ms more',
      met: later <= 2,
    });
  }
  return lines;
}
