import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { MediaFile, type MediaFileOptions } from '../../../components/engine/generator/media-file.js';
import { RATE, record, records, tone, wav } from '../../support/files.js';
import { until } from '../../support/wait.js';

const withPictures = records ? it : it.skip;

describe('MediaFile', () => {
  const duration = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, 'duration')!;
  const createElement = document.createElement.bind(document);
  const files: MediaFile[] = [];
  const urls: string[] = [];
  let problems: MediaKitError[];
  /** The elements that the files made. */
  let videos: HTMLVideoElement[];
  let silent: Blob;
  let both: Blob;

  before(async () => {
    if (!records) return;
    silent = await record(1.8);
    both = await record(1.5, { sound: true });
  });

  beforeEach(() => {
    [problems, videos] = [[], []];
    document.createElement = ((name: string) => {
      const element = createElement(name);
      if (element instanceof HTMLVideoElement) videos.push(element);
      return element;
    }) as typeof document.createElement;
  });

  afterEach(() => {
    document.createElement = createElement;
    Object.defineProperty(HTMLMediaElement.prototype, 'duration', duration);
    for (const file of files.splice(0)) file.release();
    for (const url of urls.splice(0)) URL.revokeObjectURL(url);
    for (const video of videos) {
      expect(video.paused && !video.hasAttribute('src') && !video.isConnected, 'nothing is left').to.equal(
        true,
      );
    }
  });

  function urlOf(blob: Blob): string {
    const url = URL.createObjectURL(blob);
    urls.push(url);
    return url;
  }

  async function open(given: Blob | string, options: Partial<MediaFileOptions> = {}): Promise<MediaFile> {
    const file = await MediaFile.open(typeof given === 'string' ? given : urlOf(given), {
      video: true,
      audio: false,
      onProblem: (problem) => problems.push(problem),
      ...options,
    });
    files.push(file);
    return file;
  }

  async function refusal(given: Blob | string, options: Partial<MediaFileOptions> = {}): Promise<string> {
    const error = await open(given, options).then(
      () => ({ code: 'no error', message: '' }),
      (thrown: MediaKitError) => thrown,
    );
    return `${error.code}: ${error.message}`;
  }

  const both2 = { video: true, audio: true };
  const sound = { video: false, audio: true };

  /** Makes every file say that it lasts so many seconds. */
  function lasting(seconds: number): void {
    Object.defineProperty(HTMLMediaElement.prototype, 'duration', { configurable: true, get: () => seconds });
  }

  /** The brightness of the next picture, or null. */
  function look(file: MediaFile): number | null {
    const frame = file.feed!.next();
    if (!frame) return null;
    const context = new OffscreenCanvas(8, 8).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(frame, 0, 0, 8, 8);
    frame.close();
    return context.getImageData(4, 4, 1, 1).data[0]!;
  }

  /** Every anchor of the file from now on, until it has started over `loops` times. */
  async function anchors(file: MediaFile, loops: number): Promise<{ position: number; at: number }[]> {
    const heard: { position: number; at: number }[] = [];
    file.onAnchor = (position, at) => heard.push({ position, at });
    const starts = (): number =>
      heard.filter(({ position }, index) => index > 0 && position < heard[index - 1]!.position).length;
    await until(() => starts() >= loops, `${loops} loops`, 15_000);
    return heard;
  }

  describe('pictures', () => {
    withPictures('come in its size, over and over', async () => {
      const file = await open(silent);
      expect(file.clip).to.equal(null);
      const seen: number[] = [];
      let loops = 0;
      await until(
        () => {
          const level = look(file);
          if (level === null) return false;
          if (level < (seen.at(-1) ?? 0) - 50) loops++;
          seen.push(level);
          return loops >= 3;
        },
        'three loops',
        15_000,
      );
      expect(seen.length).to.be.above(30);
      expect(Math.max(...seen)).to.be.above(200);
      expect(problems.length).to.equal(0);
    });

    withPictures('stand still during a pause, and go on', async () => {
      const file = await open(silent);
      await until(() => look(file) !== null, 'a picture');
      file.pause();
      file.pause();
      await until(() => look(file) === null, 'the last one');
      const { position } = file;
      const since = performance.now();
      let changes = 0;
      await until(() => {
        if (look(file) !== null) changes++;
        return performance.now() - since > 500;
      });
      expect(changes).to.be.below(3);
      expect(file.position).to.equal(position);
      file.resume();
      await until(() => look(file) !== null, 'a picture');
    });

    withPictures('are opened by a data URL', async () => {
      const bytes = new Uint8Array(await silent.arrayBuffer());
      const text = btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(''));
      const file = await open(`data:video/webm;base64,${text}`);
      await until(() => look(file) !== null, 'a picture');
    });

    withPictures('wait for a gesture where the browser refuses to play', async () => {
      const { play } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException('not now', 'NotAllowedError'));
      let file: MediaFile;
      try {
        file = await open(silent);
        document.dispatchEvent(new Event('keydown'));
        await until(() => problems.length > 0, 'a word');
      } finally {
        HTMLMediaElement.prototype.play = play;
      }
      expect(videos[0]!.paused).to.equal(true);
      document.dispatchEvent(new Event('keydown'));
      await until(() => !videos[0]!.paused && look(file) !== null, 'a picture');
      expect(problems.map(({ code }) => code)).to.deep.equal(['permission-denied']);
      expect(problems[0]!.message).to.include('at the next click or key');
    });

    withPictures('go on when the browser stops them', async () => {
      const file = await open(silent);
      const start = performance.now();
      await until(() => performance.now() - start > 1100, 'a while');
      videos[0]!.pause();
      await until(() => !videos[0]!.paused, 'it plays');
      await until(() => look(file) !== null, 'a picture');
    });

    withPictures('end with the release', async () => {
      const file = await open(silent);
      await until(() => look(file) !== null, 'a picture');
      const { feed } = file;
      let heard = 0;
      file.onAnchor = () => heard++;
      heard = 0;
      file.release();
      file.release();
      const since = performance.now();
      let frames = 0;
      await until(() => {
        const frame = feed!.next();
        if (frame) frames++;
        frame?.close();
        return performance.now() - since > 500;
      });
      expect([frames, heard]).to.deep.equal([0, 0]);
      expect(videos.length).to.equal(1);
      expect(videos[0]!.paused && videos[0]!.networkState === HTMLMediaElement.NETWORK_EMPTY).to.equal(true);
    });
  });

  describe('sound', () => {
    it('is what the file says, sample by sample', async () => {
      const channels = [tone(0.5, 440), tone(0.5, 660)];
      const file = await open(wav(channels), sound);
      expect(file.feed).to.equal(null);
      const { channels: clip, rate } = file.clip!;
      expect([clip.length, clip[0]!.length, rate]).to.deep.equal([2, RATE / 2, RATE]);
      channels.forEach((samples, channel) => {
        const error = samples.reduce(
          (most, sample, at) => Math.max(most, Math.abs(sample - clip[channel]![at]!)),
          0,
        );
        expect(error, `channel ${channel}`).to.be.below(1e-4);
      });
    });

    it('is brought to one rate', async () => {
      const { channels } = (await open(wav([tone(0.5, 440, 22_050)], 22_050), sound)).clip!;
      expect(channels[0]!.length).to.be.closeTo(RATE / 2, 20);
      const wanted = tone(0.5, 440);
      // Away from the ends: a filter rings there.
      for (let at = 4000; at < 20_000; at += 37) expect(channels[0]![at]).to.be.closeTo(wanted[at]!, 0.02);
    });

    it('can be handed to another thread', async () => {
      const { channels } = (await open(wav([tone(0.1, 440)]), sound)).clip!;
      const buffers = channels.map(({ buffer }) => buffer);
      new MessageChannel().port1.postMessage(buffers, buffers);
      expect(channels[0]!.length).to.equal(0);
    });

    it('begins when it is opened, and stands still during a pause', async () => {
      const file = await open(wav([tone(0.5, 440)]), sound);
      const heard: [number, number][] = [];
      file.onAnchor = (position, at) => heard.push([position, at]);
      const [position, at] = heard[0]!;
      expect(at - performance.timeOrigin).to.be.closeTo(performance.now(), 30);
      expect(position).to.be.closeTo(file.position, 0.03);
      file.pause();
      const still = file.position;
      await until(() => performance.timeOrigin + performance.now() - at > 200, 'a while');
      expect(file.position).to.equal(still);
      expect(heard.length).to.equal(1);
      file.resume();
      expect(heard.at(-1)![0]).to.equal(still);
      const since = performance.now();
      await until(() => performance.now() - since > 600, 'a loop');
      expect(file.position).to.be.closeTo((still + (performance.now() - since) / 1000) % 0.5, 0.03);
    });

    it('needs no element once it is decoded', async () => {
      await open(wav([tone(0.1, 440)]), sound);
      expect(videos.map((video) => video.hasAttribute('src'))).to.deep.equal([false]);
    });

    it('of ten minutes and more is refused', async () => {
      lasting(601);
      expect(await refusal(wav([tone(0.1, 440)]), sound)).to.match(
        /^bad-input: .* lasts 601 s: .* up to 600 s/,
      );
    });
  });

  describe('both', () => {
    withPictures('come together, the sound as long as the pictures', async () => {
      // Where the machine is busy, a recorder makes the one longer or shorter than the other.
      lasting(2);
      const file = await open(both, both2);
      expect(problems.map(({ message }) => message)).to.deep.equal([]);
      await until(() => look(file) !== null, 'a picture');
      const [samples] = file.clip!.channels;
      expect(samples!.length / RATE).to.equal(2);
      expect(Math.max(...samples!.subarray(RATE / 2, RATE))).to.be.above(0.3);
    });

    withPictures('are told where they are, at each loop and steadily between', async () => {
      // Without sound the time of an element is that of the page.
      const file = await open(silent);
      const heard = await anchors(file, 4);
      let base = NaN;
      const errors: number[] = [];
      heard.forEach(({ position, at }, index) => {
        if (index > 0 && position < heard[index - 1]!.position) base = NaN;
        // The very first moment tells of the start, which takes one.
        if (position < 0.1) return;
        const start = at - position * 1000;
        if (Number.isNaN(base)) base = start;
        else errors.push(Math.abs(start - base));
      });
      expect(errors.length).to.be.above(2);
      // A busy machine may hold a file up; what it says is true nevertheless.
      expect(errors.sort((one, other) => one - other)[errors.length >> 1]).to.be.below(30);
    });

    withPictures('know where they are at any time', async () => {
      const file = await open(both, both2);
      const heard = await anchors(file, 1);
      await until(() => heard.at(-1)!.position > 0.5, 'the middle');
      const { position, at } = heard.at(-1)!;
      const elapsed = (performance.timeOrigin + performance.now() - at) / 1000;
      expect(file.position).to.be.closeTo((position + elapsed) % videos[0]!.duration, 0.03);
    });

    it('of a file with sound alone are the sound, which is said', async () => {
      const file = await open(wav([tone(0.5, 440)]), both2);
      expect([file.feed === null, file.clip !== null]).to.deep.equal([true, true]);
      expect(problems.map(({ code, message }) => `${code}: ${message}`).join()).to.match(
        /^bad-input: There are no pictures/,
      );
    });

    withPictures('of a file with pictures alone are the pictures, which is said', async () => {
      const file = await open(silent, both2);
      expect(file.clip).to.equal(null);
      await until(() => look(file) !== null, 'a picture');
      expect(problems.map(({ code, message }) => `${code}: ${message}`).join()).to.match(
        /^bad-input: There is no sound/,
      );
    });

    withPictures('of a long file are the pictures, which is said', async () => {
      lasting(3600);
      const file = await open(both, both2);
      expect(file.clip).to.equal(null);
      await until(() => look(file) !== null, 'a picture');
      expect(problems.map(({ message }) => message).join()).to.match(/lasts 3600 s.*kind="video"/);
    });

    withPictures('go together though the sound ends before the pictures', async () => {
      lasting(3);
      const [samples] = (await open(both, both2)).clip!.channels;
      expect(samples!.length).to.equal(3 * RATE);
      expect(samples!.subarray(2 * RATE).every((sample) => sample === 0)).to.equal(true);
    });
  });

  describe('refuses', () => {
    for (const [what, given, words] of [
      [
        'what is not there',
        '/no-such-file.webm',
        /^bad-input: .*no-such-file.webm is not there \(HTTP 404\)/,
      ],
      ['what is no media', '/package.json', /^bad-input: .*package.json is no media file/],
      ['what nobody answers for', 'http://127.0.0.1:9/a.webm', /^bad-input: .* cannot be reached/],
      ['a URL that is none', 'http://', /^bad-input: .* cannot be reached/],
      ['an empty data URL', 'data:,', /^bad-input: .* is no media file/],
    ] as const) {
      it(what, async () => {
        expect(await refusal(given)).to.match(words);
        expect(await refusal(given, sound)).to.match(words);
      });
    }

    it('what another origin does not permit', async () => {
      const url = new URL('/package.json', location.href);
      url.hostname = url.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
      expect(await refusal(url.href)).to.match(
        /^bad-input: .* of another origin .*Access-Control-Allow-Origin/,
      );
    });

    for (const [directive, options] of [
      ['media-src', { video: true, audio: false }],
      ['connect-src', sound],
    ] as const) {
      it(`what the page's own policy forbids in ${directive}`, async () => {
        const frame = document.createElement('iframe');
        const script = '/components/engine/generator/media-file.js';
        frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="${directive} 'none'">
          <script type="module">
            import { MediaFile } from '${script}';
            const answer = await MediaFile.open('${urlOf(wav([tone(0.1, 440)]))}', ${JSON.stringify(options)}).catch(String);
            document.title = String(answer);
          </script>`;
        document.body.append(frame);
        const words = new RegExp(
          `forbidden by the content security policy of the page: permit it in ${directive}`,
        );
        await until(() => words.test(frame.contentDocument!.title), 'the refusal');
        frame.remove();
      });
    }

    withPictures('a Blob URL that was revoked', async () => {
      const url = URL.createObjectURL(silent);
      URL.revokeObjectURL(url);
      expect(await refusal(url)).to.match(/^bad-input: .* cannot be reached/);
    });

    withPictures('pictures or sound that are not in the file', async () => {
      expect(await refusal(wav([tone(0.1, 440)]))).to.match(/^bad-input: There are no pictures/);
      expect(await refusal(silent, sound)).to.match(/^bad-input: There is no sound/);
    });

    withPictures('to go on when it is aborted', async () => {
      expect(await refusal(silent, { signal: AbortSignal.abort() })).to.match(/^aborted: /);
      for (const given of [silent, both, '/no-such-file.webm']) {
        const abort = new AbortController();
        const answer = refusal(given, { ...both2, signal: abort.signal });
        abort.abort();
        expect(await answer).to.match(/^aborted: /);
      }
    });

    withPictures('to live on when it is aborted later', async () => {
      const abort = new AbortController();
      const file = await open(silent, { signal: abort.signal });
      await until(() => look(file) !== null, 'a picture');
      abort.abort();
      expect(videos[0]!.hasAttribute('src')).to.equal(false);
    });
  });
});
