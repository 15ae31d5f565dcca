import { expect } from '@open-wc/testing';
import { Segmenter } from '../../../components/engine/effect/segmenter.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { frame, red } from '../../support/frames.js';

const folder = new URL('../../support/vision/', import.meta.url).href;

describe('Segmenter', () => {
  it('finds people in many pictures of one moment', async () => {
    const segmenter = await Segmenter.open('background-blur', folder, 'people.tflite');
    const given = frame(red, 0, 640, 360);
    for (let times = 0; times < 20; times++) {
      const found = segmenter.find(given, 640, 360);
      const { data } = found.getContext('2d')!.getImageData(0, 0, 4, 1);
      expect([data[3], data[7], data[11], data[15]]).to.deep.equal([0, 255, 255, 0]);
    }
    given.close();
    segmenter.release();
  });

  it('is refused without its files, and where they are not', async () => {
    for (const [path, model] of [
      ['', 'people.tflite'],
      [folder, ''],
      ['/nowhere/', 'people.tflite'],
    ] as const) {
      const thrown = await Segmenter.open('background-blur', path, model).then(
        () => null,
        (error: MediaKitError) => error,
      );
      expect([thrown!.code, thrown!.message.includes('background-blur')]).to.deep.equal(['bad-input', true]);
    }
  });
});
