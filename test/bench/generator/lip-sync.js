// Sound against picture after a real call: `pattern="sync" tone="beep"`, and the same pictures with naive sound.
import { SyncReader } from '../../../dist/engine/generator/sync-reader.js';
import { BLOCK, RATE } from './blocks.js';
import { every } from './pace.js';
import { generator } from './pictures.js';
import { nativeSound } from './sounds.js';
import { callItself } from './viewers.js';

const BEEP = 0.1;

/** Beeps on full seconds, with timestamps from zero. */
function naiveBeeps() {
  const { track, write } = nativeSound();
  const began = Date.now();
  let number = 0;
  every(100, () => {
    for (; began + number * 10 <= Date.now(); number++) {
      const block = new Float32Array(BLOCK);
      for (let at = 0; at < BLOCK; at++) {
        const time = began / 1000 + (number * BLOCK + at) / RATE;
        if (time % 1 < BEEP) block[at] = 0.25 * Math.sin(2 * Math.PI * 1000 * (time % 1));
      }
      write([block]);
    }
  });
  return track;
}

const sync = { pattern: 'sync', width: 640, height: 360 };

const sides = {
  tag: async () => (await generator({ ...sync, tone: 'beep' })).stream.getTracks(),
  naive: async () => [(await generator(sync)).videoTrack, naiveBeeps()],
};

/** Calls itself; after `settle` ms, it answers the figures of `ms`. */
export async function lipSync(side, settle, ms) {
  const { remote } = await callItself(...(await sides[side]()));
  const video = document.createElement('video');
  Object.assign(video, { autoplay: true, srcObject: remote });
  document.body.append(video);
  const sleep = (time) => new Promise((resolve) => setTimeout(resolve, time));
  await sleep(settle);
  const reader = new SyncReader();
  reader.watch(video);
  await reader.listen(remote);
  await sleep(ms);
  const { offset, beeps, frames, unreadable } = reader.store.snapshot;
  reader.release();
  return { offset, beeps, frames, unreadable };
}
