import { expect } from '@open-wc/testing';
import { processorTransform } from '../../../components/engine/effect/processor.js';
import { openProcessor } from '../../../components/engine/effect/processor-worker.js';
import type { Failure } from '../../../components/engine/effect/transform.js';
import { type Transform } from '../../../components/engine/effect/transform.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { frame, isClosed, red } from '../../support/frames.js';
import { colorAt, moduleUrl, near } from './support.js';

const opened: Transform[] = [];

afterEach(() => {
  for (const transform of opened.splice(0)) transform.release?.();
});

/** The processor of a module with this text. */
async function open(code: string): Promise<Transform> {
  const url = moduleUrl(code);
  try {
    const transform = await openProcessor(url, '');
    opened.push(transform);
    return transform;
  } finally {
    URL.revokeObjectURL(url);
  }
}

describe('processors of a page', () => {
  it('are functions', async () => {
    const given = frame();
    expect((await processorTransform((chunk) => chunk as VideoFrame).apply(given)) === given).to.equal(true);
    given.close();
  });

  it('are classes, made once for each track', async () => {
    const made: string[] = [];
    class Counting {
      #count = 0;
      process(): null {
        made.push(`${++this.#count}`);
        return null;
      }
      release(): void {
        made.push('released');
      }
    }
    const [one, two] = [processorTransform(Counting), processorTransform(Counting)];
    const given = frame();
    await one.apply(given);
    await one.apply(given);
    await two.apply(given);
    one.release!();
    given.close();
    expect(made).to.deep.equal(['1', '2', '1', 'released']);
  });

  it('are nothing else', () => {
    expect(() => processorTransform(5 as never)).to.throw('A processor is a function');
  });
});

describe('processors in a worker', () => {
  it('make frames of frames, off the page', async () => {
    const transform = await open(`
      export default function (frame) {
        if (typeof document !== 'undefined') throw new Error('on the page');
        const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
        const context = canvas.getContext('2d');
        context.fillStyle = 'rgb(0 0 255)';
        context.fillRect(0, 0, canvas.width, canvas.height);
        return new VideoFrame(canvas, { timestamp: frame.timestamp });
      }`);
    const given = frame(red, 9);
    const answer = (await transform.apply(given)) as VideoFrame;
    expect([isClosed(given), answer.timestamp]).to.deep.equal([true, 9]);
    expect(near(colorAt(answer), [0, 0, 255])).to.equal(true);
    answer.close();
  });

  it('are classes that keep what they know', async () => {
    const transform = await open(`
      export default class {
        count = 0;
        async process(frame) {
          return ++this.count > 1 ? frame : null;
        }
      }`);
    expect((await transform.apply(frame())) ?? null).to.equal(null);
    const answer = (await transform.apply(frame(red, 3))) as VideoFrame;
    expect([answer.timestamp, isClosed(answer)]).to.deep.equal([3, false]);
    answer.close();
  });

  it('may answer a canvas, and use it again', async () => {
    const transform = await open(`
      const canvas = new OffscreenCanvas(20, 10);
      const context = canvas.getContext('2d');
      export default () => {
        context.fillRect(0, 0, 20, 10);
        return canvas;
      };`);
    for (const time of [1, 2]) {
      const answer = (await transform.apply(frame(red, time))) as VideoFrame;
      expect([answer.displayWidth, answer.timestamp]).to.deep.equal([20, time]);
      answer.close();
    }
  });

  it('give a frame back that they fail at', async () => {
    const transform = await open(`export default () => { throw new Error('not this one'); };`);
    const thrown = await Promise.resolve(transform.apply(frame(red, 4))).then(
      () => null,
      (error: Failure) => error,
    );
    expect(thrown!.message).to.contain('not this one');
    expect([thrown!.chunk!.timestamp, isClosed(thrown!.chunk!)]).to.deep.equal([4, false]);
    thrown!.chunk!.close();
  });

  for (const [name, code, words] of [
    ['does not load', 'import "./nowhere.js";', 'it loads'],
    ['has no processor', 'export const nothing = 1;', 'A processor is a function'],
    [
      'has a constructor that throws',
      'export default class { constructor() { throw new Error("no"); } process() {} }',
      'no',
    ],
  ] as const) {
    it(`are refused where the module ${name}`, async () => {
      const thrown = await open(code).then(
        () => null,
        (error: MediaKitError) => error,
      );
      expect(thrown!.code).to.equal('bad-input');
      expect(thrown!.message).to.contain(words);
    });
  }

  it('run on the page where there can be no worker, and say so', async () => {
    const { Worker } = globalThis;
    const { warn } = console;
    const warnings: string[] = [];
    Object.assign(globalThis, {
      Worker: class {
        constructor() {
          throw new Error('refused by the policy');
        }
      },
    });
    console.warn = (words: string) => void warnings.push(words);
    try {
      const transform = await open(
        `export default (frame) => (typeof document === 'undefined' ? null : frame);`,
      );
      const given = frame();
      expect((await transform.apply(given)) === given).to.equal(true);
      given.close();
    } finally {
      Object.assign(globalThis, { Worker });
      console.warn = warn;
    }
    expect(warnings[0]).to.contain('without its worker');
  });

  it('answer nothing more when they are released', async () => {
    const transform = await open(`export default () => new Promise(() => {});`);
    const answer = transform.apply(frame());
    transform.release!();
    expect(await answer).to.equal(null);
  });
});
