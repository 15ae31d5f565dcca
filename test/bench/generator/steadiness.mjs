import { interleave, line, round } from './figures.mjs';
import { watch } from './watch.mjs';

/** How evenly pictures come while the page is busy for 40 of each 50 ms. */
export async function run({ chromium, origin }) {
  const browser = await chromium();
  const options = { viewer: 'worker', width: 1280, height: 720, load: [40, 50] };
  const { native, tag } = await interleave(['native', 'tag'], 3, (picture) =>
    watch(browser, origin, { picture, ...options }, 4000),
  );
  return {
    'page busy 40 of 50 ms, interval p95': line({
      against: `native from the page, ${round(native.p95, 1)} ms`,
      measured: `${round(tag.p95, 1)} ms (${tag.backend})`,
      aim: '≤ 38 ms',
      met: tag.p95 <= 38,
    }),
    'page busy 40 of 50 ms, rate': line({
      against: `native from the page, ${round(native.fps, 1)} fps`,
      measured: `${round(tag.fps, 1)} fps`,
      aim: '≥ 29.5 fps',
      met: tag.fps >= 29.5,
    }),
  };
}
