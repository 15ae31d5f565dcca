import { interleave, line, round } from './figures.mjs';
import { watch } from './watch.mjs';

const format = { width: 1920, height: 1080 };

/** The built-in ball, against one that the page draws. */
export async function run({ chromium, origin, long }) {
  const browser = await chromium();
  const measure = (viewer) => (picture) => watch(browser, origin, { picture, viewer, ...format }, 3000);
  const read = await interleave(['native', 'captured', 'tag'], long ? 7 : 3, measure('worker'));
  const shown = await interleave(['native', 'tag'], long ? 7 : 3, measure('video'));
  const against = (what, side, ours, aim) => {
    const ratio = ours.cpu / side.cpu;
    return line({
      against: `${what}, ${round(side.cpu)} ms a frame`,
      measured: `${round(ours.cpu)} ms, × ${round(ratio)} (${ours.backend})`,
      aim: `≤ ${aim.toFixed(2)}`,
      met: ratio <= aim,
    });
  };
  return {
    'ball, 1080p30, worker sink': against('canvas → native', read.native, read.tag, 0.85),
    'ball, 1080p30, worker sink (capture)': against('captureStream(30)', read.captured, read.tag, 0.3),
    'ball, 1080p30, shown': against('canvas → native', shown.native, shown.tag, 0.6),
  };
}
