import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { ElementFeed, type PictureElement } from '../../../components/engine/generator/element-feed.js';
import { canvasStream } from '../../support/source.js';
import { nextEvent, until } from '../../support/wait.js';

/** An image of another origin, served without CORS: the same server by its other name. */
const foreign = (): string => {
  const url = new URL('/examples/icon.svg', location.href);
  url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  return url.href;
};

function canvas(color: string, width = 64, height = 48): HTMLCanvasElement {
  const element = document.createElement('canvas');
  Object.assign(element, { width, height });
  paint(element, color);
  document.body.append(element);
  return element;
}

function paint(element: HTMLCanvasElement, color: string): void {
  const context = element.getContext('2d')!;
  context.fillStyle = color;
  context.fillRect(0, 0, element.width, element.height);
}

async function image(src: string): Promise<HTMLImageElement> {
  const element = new Image();
  element.src = src;
  document.body.append(element);
  await nextEvent(element, 'load');
  return element;
}

const svg = (color: string, size = 20): string =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="100" height="100" fill="${color}"/></svg>`,
  )}`;

async function video(stream: MediaStream): Promise<HTMLVideoElement> {
  const element = document.createElement('video');
  Object.assign(element, { muted: true, srcObject: stream });
  document.body.append(element);
  await element.play();
  return element;
}

/** A canvas that shows another picture `rate` times a second. */
function flicker(rate: number): MediaStream {
  const element = canvas('red');
  // Told no rate, WebKit stamps frames so that nearly none is shown.
  const stream = element.captureStream(30);
  let hue = 0;
  const timer = setInterval(() => {
    if (stream.getTracks().every(({ readyState }) => readyState === 'ended')) clearInterval(timer);
    paint(element, `hsl(${(hue += 40)} 100% 50%)`);
  }, 1000 / rate);
  return stream;
}

describe('ElementFeed', () => {
  const RealVideoFrame = globalThis.VideoFrame;
  let made = 0;
  let open = 0;
  let errors: MediaKitError[];
  const feeds: ElementFeed[] = [];
  const streams: MediaStream[] = [];

  beforeEach(() => {
    [made, open, errors] = [0, 0, []];
    globalThis.VideoFrame = class extends RealVideoFrame {
      constructor(...given: [any, any]) {
        super(...given);
        made++;
        open++;
      }
      override close(): void {
        super.close();
        open--;
      }
    };
  });

  afterEach(() => {
    globalThis.VideoFrame = RealVideoFrame;
    for (const feed of feeds.splice(0)) feed.release();
    for (const stream of streams.splice(0)) for (const track of stream.getTracks()) track.stop();
    document.body.replaceChildren();
    expect(open, 'open frames').to.equal(0);
  });

  function feedOf(element: PictureElement): ElementFeed {
    const feed = new ElementFeed(element, { onError: (error) => errors.push(error) });
    feeds.push(feed);
    return feed;
  }

  function keep(stream: MediaStream): MediaStream {
    streams.push(stream);
    return stream;
  }

  /** What the feed gives: size and colour in the middle, or null. */
  function look(feed: ElementFeed): string | null {
    const frame = feed.next();
    if (!frame) return null;
    const { displayWidth: width, displayHeight: height } = frame;
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(frame, 0, 0);
    frame.close();
    const color = [...context.getImageData(width >> 1, height >> 1, 1, 1).data].slice(0, 3);
    return `${width}×${height} ${color.map((value) => Math.round(value / 51) * 51).join(' ')}`;
  }

  /** How many frames 30 looks a second find in `ms`. */
  async function count(feed: ElementFeed, ms: number): Promise<number> {
    let frames = 0;
    const end = performance.now() + ms;
    while (performance.now() < end) {
      const frame = feed.next();
      if (frame) frames++;
      frame?.close();
      await new Promise((resolve) => setTimeout(resolve, 33));
    }
    return frames;
  }

  describe('of a canvas', () => {
    it('gives its picture at each tick, in its size', () => {
      const element = canvas('red');
      const feed = feedOf(element);
      expect(look(feed)).to.equal('64×48 255 0 0');
      expect(look(feed)).to.equal('64×48 255 0 0');
      element.width = 32;
      paint(element, 'blue');
      expect(look(feed)).to.equal('32×48 0 0 255');
    });

    it('stamps the frames with the time of the page', () => {
      const feed = feedOf(canvas('red'));
      const before = performance.now() * 1000;
      const frame = feed.next()!;
      expect(frame.timestamp).to.be.within(Math.floor(before), Math.ceil(performance.now() * 1000));
      frame.close();
    });

    it('gives nothing while it has no size', () => {
      const element = canvas('red');
      const feed = feedOf(element);
      element.width = 0;
      expect(look(feed)).to.equal(null);
      element.width = 64;
      paint(element, 'lime');
      expect(look(feed)).to.equal('64×48 0 255 0');
      expect(errors.length).to.equal(0);
    });

    it('gives nothing after it was removed, until it is back', () => {
      const element = canvas('red');
      const feed = feedOf(element);
      expect(look(feed)).to.equal('64×48 255 0 0');
      element.remove();
      expect(look(feed)).to.equal(null);
      document.body.append(element);
      expect(look(feed)).to.equal('64×48 255 0 0');
    });

    it('is refused once where another origin has tainted it', async () => {
      const element = canvas('red');
      element.getContext('2d')!.drawImage(await image(foreign()), 0, 0);
      const feed = feedOf(element);
      expect([look(feed), look(feed), look(feed)]).to.deep.equal([null, null, null]);
      expect(errors.map(({ code }) => code)).to.deep.equal(['bad-input']);
      expect(errors[0]!.message).to.match(/tainted by another origin.*CORS/);
    });
  });

  describe('of a canvas that looks black', () => {
    /** A canvas that cannot be read between its own drawings, as one of WebGL. */
    function unreadable(shown: HTMLCanvasElement): { element: HTMLCanvasElement; captures: MediaStream[] } {
      const element = canvas('black');
      const captures: MediaStream[] = [];
      element.captureStream = () => {
        const stream = keep(shown.captureStream());
        captures.push(stream);
        return stream;
      };
      return { element, captures };
    }

    const live = (streams: MediaStream[]): number =>
      streams.flatMap((stream) => stream.getTracks()).filter(({ readyState }) => readyState === 'live')
        .length;

    it('is read through its capture where that shows more', async function () {
      // WebKitGTK captures nothing now and then.
      this.retries(2);
      const shown = canvas('lime');
      const { element, captures } = unreadable(shown);
      const feed = feedOf(element);
      expect(look(feed)).to.equal('64×48 0 0 0');
      await until(() => {
        paint(shown, 'lime');
        return look(feed) === '64×48 0 255 0';
      }, 'the capture');
      await until(() => {
        // Once may not be captured.
        paint(shown, 'blue');
        return look(feed) === '64×48 0 0 255';
      }, 'its next picture');
      expect(captures.length).to.equal(1);
      feed.release();
      expect(live(captures)).to.equal(0);
    });

    it('is read itself as soon as it shows something', () => {
      const { element, captures } = unreadable(canvas('black'));
      const feed = feedOf(element);
      expect([look(feed), look(feed)]).to.deep.equal(['64×48 0 0 0', '64×48 0 0 0']);
      expect([captures.length, live(captures)]).to.deep.equal([1, 1]);
      paint(element, 'lime');
      expect(look(feed)).to.equal('64×48 0 255 0');
      expect(live(captures)).to.equal(0);
      paint(element, 'black');
      expect(look(feed)).to.equal('64×48 0 0 0');
      expect(captures.length).to.equal(1);
    });

    it('need not have been drawn on', () => {
      const element = document.createElement('canvas');
      document.body.append(element);
      const feed = feedOf(element);
      look(feed);
      expect(errors.length).to.equal(0);
      paint(element, 'lime');
      expect(look(feed)).to.equal('300×150 0 255 0');
    });
  });

  describe('of an image', () => {
    it('gives it once, and again when another one has loaded', async () => {
      const element = await image(svg('red'));
      const feed = feedOf(element);
      expect(look(feed)).to.equal('20×20 255 0 0');
      expect(look(feed)).to.equal(null);
      element.src = svg('blue', 30);
      await nextEvent(element, 'load');
      expect(look(feed)).to.equal('30×30 0 0 255');
      expect(look(feed)).to.equal(null);
    });

    it('gives it again on demand', async () => {
      const feed = feedOf(await image(svg('red')));
      look(feed);
      feed.renew();
      expect(look(feed)).to.equal('20×20 255 0 0');
    });

    it('waits for it without a word', async () => {
      const element = new Image();
      document.body.append(element);
      const feed = feedOf(element);
      expect(look(feed)).to.equal(null);
      element.src = svg('red');
      await nextEvent(element, 'load');
      expect(look(feed)).to.equal('20×20 255 0 0');
      element.src = 'data:image/png,no';
      await nextEvent(element, 'error');
      expect(look(feed)).to.equal(null);
      expect(errors.length).to.equal(0);
    });

    it('is refused once where it is of another origin, until another one has loaded', async () => {
      const element = await image(foreign());
      const feed = feedOf(element);
      expect([look(feed), look(feed)]).to.deep.equal([null, null]);
      expect(errors.map(({ code }) => code)).to.deep.equal(['bad-input']);
      element.src = svg('lime');
      await nextEvent(element, 'load');
      expect(look(feed)).to.equal('20×20 0 255 0');
    });
  });

  describe('of a video', () => {
    it('gives frames while it plays, and one when it is paused', async () => {
      const element = await video(keep(canvasStream()));
      const feed = feedOf(element);
      await until(() => look(feed), 'a frame');
      expect(await count(feed, 1000)).to.be.above(4);
      element.pause();
      await count(feed, 300);
      expect(await count(feed, 600)).to.equal(0);
      expect(errors.length).to.equal(0);
    });

    it('does not give a frame twice', async () => {
      const element = await video(keep(flicker(6)));
      const feed = feedOf(element);
      await until(() => look(feed), 'a frame');
      let shown = 0;
      const heard = (): void => {
        shown++;
        element.requestVideoFrameCallback(heard);
      };
      element.requestVideoFrameCallback(heard);
      const given = await count(feed, 2000);
      expect(given).to.be.within(3, shown + 3);
      expect(made, 'made for nothing').to.equal(given + 1);
    });

    it('goes on where the browser tells of no frame, as on a hidden page', async () => {
      const element = await video(keep(canvasStream()));
      element.requestVideoFrameCallback = () => 0;
      const feed = feedOf(element);
      await until(() => look(feed), 'a frame');
      expect(await count(feed, 1000)).to.be.above(4);
    });

    it('waits for its first picture without a word', async () => {
      const element = document.createElement('video');
      element.muted = true;
      document.body.append(element);
      const feed = feedOf(element);
      expect([look(feed), look(feed)]).to.deep.equal([null, null]);
      element.srcObject = keep(canvasStream());
      await element.play();
      await until(() => look(feed), 'a frame');
      expect(errors.length).to.equal(0);
    });

    it('holds the last frame when it is removed', async () => {
      const element = await video(keep(canvasStream()));
      const feed = feedOf(element);
      await until(() => look(feed), 'a frame');
      element.remove();
      expect(await count(feed, 500)).to.equal(0);
    });
  });

  it('gives nothing after its release', async () => {
    for (const element of [canvas('red'), await image(svg('red')), await video(keep(canvasStream()))]) {
      const feed = feedOf(element);
      await until(() => look(feed), 'a frame');
      feed.release();
      if (element instanceof HTMLImageElement) element.dispatchEvent(new Event('load'));
      expect(await count(feed, 300), element.localName).to.equal(0);
    }
  });
});
