import { expect } from '@open-wc/testing';
import { supports } from '../../../components/engine/generator/backend.js';
import { installMediaStreamTrackGenerator } from '../../../components/engine/generator/install.js';
import { TrackGenerator, VideoTrackGenerator } from '../../../components/engine/generator/track-generator.js';
import { frame, green, isClosed } from '../../support/frames.js';

const names = ['MediaStreamTrackGenerator', 'VideoTrackGenerator', 'MediaStreamTrackProcessor'] as const;
const globals = globalThis as unknown as Record<string, any>;
const standing = (): unknown[] => names.map((name) => globals[name]);

describe('installMediaStreamTrackGenerator()', () => {
  const before = standing();
  const removers: (() => void)[] = [];
  const install = (options?: { force: boolean }): (() => void) => {
    const remove = installMediaStreamTrackGenerator(options);
    removers.push(remove);
    return remove;
  };

  const unchanged = (): boolean => standing().every((value, at) => value === before[at]);

  afterEach(() => {
    for (const remove of removers.splice(0).reverse()) remove();
    expect(unchanged()).to.equal(true);
  });

  it('defines what is missing, and leaves alone what is there', () => {
    install();
    standing().forEach((value, at) => {
      expect(typeof value, names[at]).to.equal('function');
      expect((value as { name: string }).name).to.equal(names[at]);
      if (before[at]) expect(value === before[at], names[at]).to.equal(true);
    });
  });

  it('does nothing the second time, and removes only what it defined itself', () => {
    const remove = install();
    const installed = standing();
    const removeNothing = install();
    expect(standing().every((value, at) => value === installed[at])).to.equal(true);
    removeNothing();
    expect(standing().every((value, at) => value === installed[at])).to.equal(true);
    remove();
    remove();
    expect(unchanged()).to.equal(true);
    names.forEach((name, at) => expect(name in globalThis, name).to.equal(before[at] !== undefined));
  });

  it('replaces the browser’s own when it is told to, once', () => {
    install({ force: true });
    const installed = standing();
    expect(installed.some((value, at) => value === before[at])).to.equal(false);
    install({ force: true });
    expect(standing().every((value, at) => value === installed[at])).to.equal(true);
  });

  it('leaves alone what somebody else has put there since', () => {
    const remove = install({ force: true });
    const other = class {};
    const at = Object.getOwnPropertyDescriptor(globalThis, names[1])!;
    Object.defineProperty(globalThis, names[1], { value: other, configurable: true });
    remove();
    expect(globals[names[1]] === other).to.equal(true);
    Object.defineProperty(globalThis, names[1], at);
    if (!before[1]) Reflect.deleteProperty(globalThis, names[1]);
  });

  for (const force of [false, true]) {
    it(`runs code that was written for one browser${force ? ', in place of its own classes' : ''}`, async () => {
      const native = supports('video', 'native');
      install({ force });
      const { MediaStreamTrackGenerator, MediaStreamTrackProcessor } = globals;
      expect(supports('video', 'native')).to.equal(native);

      const generator = new MediaStreamTrackGenerator({ kind: 'video' });
      const output = new MediaStreamTrackGenerator({ kind: 'video' });
      try {
        if (force) {
          expect(generator instanceof TrackGenerator).to.equal(true);
          expect(generator.activeBackend).to.equal(native ? 'native' : 'canvas');
        }
        expect(generator instanceof MediaStreamTrackGenerator).to.equal(true);
        const processor = new MediaStreamTrackProcessor({ track: generator });
        const effect = new TransformStream<VideoFrame, VideoFrame>({
          transform: (picture, controller) => {
            controller.enqueue(new VideoFrame(picture, { timestamp: picture.timestamp + 1 }));
            picture.close();
          },
        });
        processor.readable
          .pipeThrough(effect)
          .pipeTo(output.writable)
          .catch(() => {});
        const reader = new MediaStreamTrackProcessor({ track: output }).readable.getReader();
        const read = reader.read();
        const picture = frame(green, 1000);
        await generator.writable.getWriter().write(picture);
        const { value } = await read;
        expect(value.displayWidth).to.equal(64);
        expect(isClosed(picture)).to.equal(true);
        value.close();
      } finally {
        generator.stop();
        output.stop();
      }
    });
  }

  it('defines the generator of the specification', async () => {
    install({ force: true });
    const generator = new globals.VideoTrackGenerator();
    expect(generator instanceof VideoTrackGenerator).to.equal(true);
    generator.track.stop();
  });
});
