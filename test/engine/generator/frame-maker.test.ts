import { expect } from '@open-wc/testing';
import { FrameMaker } from '../../../components/engine/generator/frame-maker.js';
import { createSurface, Picture } from '../../../components/engine/generator/picture.js';
import { patterns, type Pattern, type Settings } from '../../../components/engine/generator/settings.js';
import { framesShown, pixel, play } from '../../support/media.js';
import { pictureSettings, sampled, type Sample } from '../../support/picture.js';

const noon = new Date(2026, 5, 1, 10, 42, 17, 368).getTime();
const shown = patterns.filter((pattern) => pattern !== 'none');

const surfaceOf = (width: number, height: number) =>
  createSurface(width, height, { willReadFrequently: true });

/** The brightness of each pixel, which is not halved in a frame as colours are. */
function brightness(surface: OffscreenCanvasRenderingContext2D): number[] {
  const { width, height } = surface.canvas;
  const { data } = surface.getImageData(0, 0, width, height);
  return Array.from(
    { length: width * height },
    (_, at) => 0.2126 * data[4 * at]! + 0.7152 * data[4 * at + 1]! + 0.0722 * data[4 * at + 2]!,
  );
}

/** Red, green and blue of each four pixels, which share their colour in a frame. */
function colors(surface: OffscreenCanvasRenderingContext2D): number[] {
  const { width, height } = surface.canvas;
  const quarter = surfaceOf(width / 2, height / 2);
  quarter.drawImage(surface.canvas, 0, 0, width / 2, height / 2);
  return [...quarter.getImageData(0, 0, width / 2, height / 2).data];
}

function drawn(frame: VideoFrame): OffscreenCanvasRenderingContext2D {
  const surface = surfaceOf(frame.displayWidth, frame.displayHeight);
  surface.drawImage(frame, 0, 0);
  frame.close();
  return surface;
}

/** How far frames are from what the picture itself draws, at most: all the pixels of one, and a single one. */
function compare(changes: Partial<Settings>, count: number): { mean: number; most: number } {
  const settings = pictureSettings(changes);
  const [made, painted] = [Picture.of(settings)!, Picture.of(settings)!];
  const surface = surfaceOf(settings.width, settings.height);
  const maker = new FrameMaker();
  let [mean, most] = [0, 0];
  for (let step = 0; step < count; step++) {
    const time = noon + step * 130;
    painted.draw(surface, time);
    const look = (on: OffscreenCanvasRenderingContext2D): number[] => [...brightness(on), ...colors(on)];
    const wanted = look(surface);
    const actual = look(drawn(maker.make(made, time, 0)));
    const differences = actual.map((value, at) => Math.abs(value - wanted[at]!));
    mean = Math.max(mean, differences.reduce((sum, value) => sum + value) / differences.length);
    most = Math.max(most, ...differences);
  }
  return { mean, most };
}

/** How much the browser takes from white when it draws a frame: 2 in WebKitGTK, and no less from other colors. */
function loss(): number {
  const white = Picture.of(pictureSettings({ pattern: 'solid', color: '#ffffff' }))!;
  const { data } = drawn(new FrameMaker().make(white, noon, 0)).getImageData(80, 45, 1, 1);
  return 255 - data[0]!;
}

const close = (actual: readonly number[], wanted: readonly number[], distance = 5): boolean =>
  wanted.every((value, at) => Math.abs(value - actual[at]!) <= distance);

/** What RP 219-1 has, in 10 bits, where `sampled.smpte` looks. */
const codes = [
  [414, 512, 512],
  [721, 512, 512],
  [674, 176, 543],
  [581, 589, 176],
  [534, 253, 207],
  [251, 771, 817],
  [204, 435, 848],
  [111, 848, 481],
  [414, 512, 512],
  [754, 615, 64],
  [244, 612, 395],
  [721, 512, 512],
  [127, 960, 471],
  [877, 64, 553],
  [141, 697, 606],
  [502, 512, 512],
  [940, 512, 512],
  [250, 409, 960],
  [195, 512, 512],
  [64, 512, 512],
  [940, 512, 512],
  [64, 512, 512],
  [64, 512, 512],
  [64, 512, 512],
  [82, 512, 512],
  [64, 512, 512],
  [99, 512, 512],
  [64, 512, 512],
  [195, 512, 512],
] as const;

describe('FrameMaker', () => {
  for (const pattern of shown) {
    it(`makes frames that look like ${pattern}`, () => {
      const { mean, most } = compare({ pattern, text: 'Label' }, 80);
      expect(mean, 'mean').to.be.below(1.5 + loss());
      expect(most, 'most').to.be.below(40);
    });

    it(`makes frames of ${pattern} in any size`, () => {
      for (const [width, height] of [
        [1, 1],
        [2, 3],
        [7, 301],
        [161, 91],
        [90, 160],
        [4096, 2160],
      ] as const) {
        const picture = Picture.of(pictureSettings({ pattern, width, height, text: 'Label' }))!;
        const maker = new FrameMaker();
        maker.make(picture, noon, 0).close();
        const frame = maker.make(picture, noon + 33, 33_333);
        const size = [frame.displayWidth, frame.displayHeight];
        frame.close();
        expect(size).to.deep.equal([width, height]);
      }
    });
  }

  it('has the levels of RP 219-1', async () => {
    const [width, height] = [1792, 1008];
    const frame = new FrameMaker().make(
      Picture.of(pictureSettings({ pattern: 'smpte', width, height }))!,
      noon,
      0,
    );
    const data = new Uint8Array(frame.allocationSize());
    const planes = await frame.copyTo(data);
    frame.close();
    sampled.smpte!.forEach(([x, y], index) => {
      const levels = planes.map(({ offset, stride }, plane) => {
        const half = plane ? 2 : 1;
        return data[offset + Math.floor((y * height) / half) * stride + Math.floor((x * width) / half)]!;
      });
      const wanted = codes[index]!.map((code) => code / 4);
      expect(close(levels, wanted, 1.3), `${levels.join()} at ${x}, ${y} for ${wanted.join()}`).to.equal(
        true,
      );
    });
  });

  for (const [width, height, matrix, tolerance] of [
    [448, 252, 'smpte170m', 4],
    // Chromium and Firefox multiply blue by 2 instead of 2.112 when they show BT.709.
    [1792, 1008, 'bt709', 13],
  ] as const) {
    it(`declares limited range and ${matrix} from ${height} lines`, () => {
      const frame = new FrameMaker().make(Picture.of(pictureSettings({ width, height }))!, noon, 0);
      const { format, colorSpace } = frame;
      frame.close();
      expect(format).to.equal('I420');
      expect(colorSpace.matrix).to.equal(matrix);
      expect(colorSpace.fullRange).to.equal(false);
    });

    for (const [pattern, samples] of Object.entries(sampled) as [Pattern, readonly Sample[]][]) {
      const off = (color: (x: number, y: number) => readonly number[]): string[] =>
        samples.flatMap(([x, y, ...wanted]) => {
          const actual = color(x, y);
          return close(actual, wanted, tolerance + loss())
            ? []
            : [`${actual.join()} at ${x}, ${y} for ${wanted.join()}`];
        });

      it(`keeps the colours of ${pattern} in ${height} lines`, () => {
        const picture = Picture.of(pictureSettings({ pattern, width, height }))!;
        const surface = drawn(new FrameMaker().make(picture, noon, 0));
        const color = (x: number, y: number): number[] =>
          [...surface.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data].slice(0, 3);
        expect(off(color)).to.deep.equal([]);
      });

      it(`keeps the colours of ${pattern} in ${height} lines on the way through a track to a video`, async function () {
        const Native = (globalThis as any).MediaStreamTrackGenerator;
        if (!Native) this.skip();
        const track = new Native({ kind: 'video' });
        const writer = track.writable.getWriter();
        const maker = new FrameMaker();
        await writer.write(maker.make(Picture.of(pictureSettings({ pattern, width, height }))!, noon, 0));
        let timestamp = 0;
        const timer = setInterval(() => void writer.write(maker.again((timestamp += 40_000))), 40);
        try {
          const video = await play(new MediaStream([track]));
          await framesShown(video, 1);
          expect(off((x, y) => pixel(video, x, y))).to.deep.equal([]);
          video.remove();
        } finally {
          clearInterval(timer);
          track.stop();
        }
      });
    }
  }

  it('numbers the frames that it makes and stamps them with what it is told', () => {
    const picture = Picture.of(pictureSettings({ pattern: 'ball' }))!;
    const maker = new FrameMaker();
    const timestamps = [maker.make(picture, noon, 5), maker.again(7), maker.make(picture, noon, 9)].map(
      (frame) => {
        frame.close();
        return frame.timestamp;
      },
    );
    expect(timestamps).to.deep.equal([5, 7, 9]);
    expect(picture.next(noon).number).to.equal(2);
  });

  it('makes the last frame again, and goes on with another picture', () => {
    const maker = new FrameMaker();
    const color = (made: VideoFrame): number[] => [...drawn(made).getImageData(3, 3, 1, 1).data].slice(0, 3);
    const red = Picture.of(pictureSettings({ pattern: 'solid', color: '#ff0000' }))!;
    // An odd height has wrong colors in WebKit, which looks for the planes of colors two rows too early.
    const blue = Picture.of(pictureSettings({ pattern: 'solid', color: '#0000ff', width: 33, height: 18 }))!;
    maker.make(red, noon, 0).close();
    const looks = (made: VideoFrame, wanted: readonly number[]): void => {
      const actual = color(made);
      expect(close(actual, wanted, 5 + loss()), `${actual.join()} for ${wanted.join()}`).to.equal(true);
    };
    looks(maker.again(1), [255, 0, 0]);
    looks(maker.make(blue, noon, 2), [0, 0, 255]);
    looks(maker.again(3), [0, 0, 255]);
  });

  it('has a black frame before the first and after the last', () => {
    const maker = new FrameMaker();
    const levels = (frame: VideoFrame): number[] => brightness(drawn(frame));
    expect(Math.max(...levels(maker.again(0)))).to.be.below(3);
    maker.make(Picture.of(pictureSettings({ pattern: 'ebu' }))!, noon, 0).close();
    maker.release();
    expect(Math.max(...levels(maker.again(0)))).to.be.below(3);
  });

  it('works in a worker', async () => {
    const module = (name: string): string =>
      JSON.stringify(new URL(`/components/engine/generator/${name}.js`, location.href).href);
    const script = `
      import { FrameMaker } from ${module('frame-maker')};
      import { Picture } from ${module('picture')};
      onmessage = ({ data: [settings, time] }) => {
        const picture = Picture.of(settings);
        const maker = new FrameMaker();
        maker.make(picture, time, 0).close();
        const frame = maker.make(picture, time, 1);
        postMessage([frame.format, frame.displayWidth, frame.displayHeight]);
        frame.close();
      };`;
    const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
    const worker = new Worker(url, { type: 'module' });
    try {
      const answer = await new Promise<unknown>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message || 'the worker did not start'));
        worker.postMessage([pictureSettings({ pattern: 'clock', text: 'Label' }), noon]);
      });
      expect(answer).to.deep.equal(['I420', 160, 90]);
    } finally {
      worker.terminate();
      URL.revokeObjectURL(url);
    }
  });
});
