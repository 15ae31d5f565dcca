import { expect } from '@open-wc/testing';
import { pictureEffect } from '../../../components/engine/effect/pictures.js';
import { blue, clear, frame, painted, red } from '../../support/frames.js';
import { colorAt, effectOf, near } from './support.js';
import type { EffectWishes } from '../../../components/engine/effect/settings.js';

/** Red on the left, blue on the right. */
function halves(timestamp = 7): VideoFrame {
  const canvas = painted(red, 64, 48);
  canvas.getContext('2d')!.fillStyle = `rgb(${blue.join(' ')})`;
  canvas.getContext('2d')!.fillRect(32, 0, 32, 48);
  return new VideoFrame(canvas, { timestamp });
}

/** What the effect makes of a frame, which it must leave open. */
async function made(wishes: Partial<EffectWishes>, given = halves()): Promise<VideoFrame> {
  const answer = (await pictureEffect(effectOf(wishes)).apply(given)) as VideoFrame;
  expect(given.codedWidth).to.equal(64);
  expect([answer.displayWidth, answer.displayHeight, answer.timestamp]).to.deep.equal([64, 48, 7]);
  given.close();
  return answer;
}

describe('built-in effects on pictures', () => {
  it('grayscale takes the colours away', async () => {
    const gray = await made({ effect: 'grayscale' });
    const [r, g, b] = colorAt(gray, 0.25);
    expect(Math.abs(r - g) < 6 && Math.abs(g - b) < 6, `${r} ${g} ${b}`).to.equal(true);
    gray.close();
    const half = await made({ effect: 'grayscale', amount: 0.5 });
    const [more, less] = colorAt(half, 0.25);
    expect(more - less).to.be.within(60, 220);
    half.close();
  });

  it('blur mixes what is near, and keeps what is far', async () => {
    const blurred = await made({ effect: 'blur', amount: 6 });
    const [r, , b] = colorAt(blurred, 0.5);
    expect([r > 40, b > 40]).to.deep.equal([true, true]);
    expect(near(colorAt(blurred, 0.02), red, 60)).to.equal(true);
    blurred.close();
  });

  it('blur of nothing changes nothing', async () => {
    const same = await made({ effect: 'blur', amount: 0 });
    expect(near(colorAt(same, 0.45), red)).to.equal(true);
    same.close();
  });

  it('pixelate makes squares of one colour', async () => {
    const canvas = painted(red, 64, 48);
    const context = canvas.getContext('2d')!;
    context.fillStyle = `rgb(${blue.join(' ')})`;
    for (let x = 0; x < 64; x += 2) context.fillRect(x, 0, 1, 48);
    const squares = await made({ effect: 'pixelate', amount: 16 }, new VideoFrame(canvas, { timestamp: 7 }));
    expect(near(colorAt(squares, 0.02), colorAt(squares, 0.2), 8)).to.equal(true);
    const [r, , b] = colorAt(squares, 0.1);
    expect([r > 60, b > 60]).to.deep.equal([true, true]);
    squares.close();
  });

  it('mirror swaps left and right', async () => {
    const mirrored = await made({ effect: 'mirror' });
    expect(near(colorAt(mirrored, 0.25), blue)).to.equal(true);
    expect(near(colorAt(mirrored, 0.75), red)).to.equal(true);
    mirrored.close();
  });

  it('text writes on its plate', async () => {
    const written = await made({ effect: 'text', text: 'HELLO' });
    expect(near(colorAt(written, 0.25, 0.2), red)).to.equal(true);
    expect(near(colorAt(written, 0.5, 0.84), blue, 60)).to.equal(false);
    written.close();
  });

  for (const effect of ['grayscale', 'blur', 'pixelate', 'mirror', 'text']) {
    it(`${effect} shows nothing of the picture before through the holes of one`, async () => {
      const transform = pictureEffect(effectOf({ effect }));
      const [white, empty] = [frame([255, 255, 255]), clear()];
      const before = (await transform.apply(white)) as VideoFrame;
      const answer = (await transform.apply(empty)) as VideoFrame;
      // In Firefox, gray is seen through them where colours are taken away.
      expect(Math.max(...colorAt(answer))).to.be.below(140);
      for (const each of [white, empty, before, answer]) each.close();
    });
  }

  it('follows a picture that changes its size', async () => {
    const effect = pictureEffect(effectOf({ effect: 'blur' }));
    for (const [width, height] of [
      [64, 48],
      [32, 24],
      [7, 5],
    ] as const) {
      const given = frame(red, 0, width, height);
      const answer = (await effect.apply(given)) as VideoFrame;
      expect([answer.displayWidth, answer.displayHeight]).to.deep.equal([width, height]);
      given.close();
      answer.close();
    }
  });
});
