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

  for (const [name, model, words] of [
    ['does not take where people were for where they are', 'blind', 'where people are'],
    ['does not take everything for people where masks cannot be read', 'unread', 'where people are'],
    ['fails when the browser has lost its WebGL', 'lost', 'WebGL'],
  ] as const) {
    it(name, async function () {
      if (model === 'lost' && !new OffscreenCanvas(1, 1).getContext('webgl2')) this.skip();
      const segmenter = await Segmenter.open('background-blur', folder, `${model}.tflite`);
      const given = frame();
      segmenter.find(given, 64, 48);
      expect(() => segmenter.find(given, 64, 48)).to.throw(words);
      given.close();
      segmenter.release();
    });
  }

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
