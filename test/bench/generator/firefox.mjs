import { interleave, line, round } from './figures.mjs';
import { watch } from './watch.mjs';

/** The built-in ball where there is no native generator, sent over a call. */
export async function run({ firefox, origin, long }) {
  const browser = await firefox();
  const { requested, animated, tag } = await interleave(
    ['requested', 'animated', 'tag'],
    long ? 7 : 3,
    (picture) => watch(browser, origin, { picture, viewer: 'call', width: 1280, height: 720 }, 4000),
  );
  const ratio = tag.cpu / requested.cpu;
  return {
    'Firefox, ball, 720p30, encoded': line({
      against: `captureStream(30), ${round(animated.fps, 1)} fps`,
      measured: `${round(tag.fps, 1)} fps (${tag.backend})`,
      aim: '≥ 29.5 fps',
      met: tag.fps >= 29.5,
    }),
    'Firefox, ball, 720p30, CPU': line({
      against: `captureStream(0), ${round(requested.cpu)} ms a frame`,
      measured: `${round(tag.cpu)} ms, × ${round(ratio)}`,
      aim: '≤ 1.10',
      met: ratio <= 1.1,
    }),
  };
}
