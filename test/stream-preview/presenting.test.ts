import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import '../../components/stream-preview/define.js';
import type { StreamPreview } from '../../components/stream-preview/stream-preview.js';
import { useOwnStorage } from '../support/own-storage.js';
import { canvasStream } from '../support/source.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';

describe('<stream-preview>: presenting', () => {
  const lent: MediaStream[] = [];
  let context: AudioContext | undefined;
  before(useOwnStorage);

  async function preview(attributes: Record<string, string> = {}): Promise<StreamPreview> {
    const element = document.createElement('stream-preview');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
    await element.updateComplete;
    return element;
  }

  /** Shows a picture, with sound or without. */
  async function showing(
    attributes: Record<string, string> = {},
    { sound = false, size = [64, 36] as [number, number] } = {},
  ): Promise<StreamPreview> {
    const element = await preview(attributes);
    const stream = canvasStream(...size);
    if (sound) {
      context = new AudioContext();
      stream.addTrack(context.createMediaStreamDestination().stream.getAudioTracks()[0]!);
    }
    lent.push(stream);
    element.srcObject = stream;
    await nextEvent(element, 'playing');
    await until(() => element.videoWidth > 0, 'a picture');
    await element.updateComplete;
    return element;
  }

  const bar = (element: StreamPreview): HTMLElement => element.renderRoot.querySelector<HTMLElement>('.bar')!;
  const buttons = (element: StreamPreview): (string | null)[] =>
    [...bar(element).querySelectorAll('button')].map((button) => button.getAttribute('aria-label'));
  const button = (element: StreamPreview, name: string): HTMLButtonElement =>
    bar(element).querySelector<HTMLButtonElement>(`[aria-label="${name}"]`)!;
  const poster = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>';

  /** What a promise is rejected with, which must have been fired, too. */
  async function failure(element: StreamPreview, act: () => Promise<unknown>): Promise<string> {
    const fired = nextEvent<ErrorEvent>(element, 'error');
    const error = await act().then(
      () => expect.fail('it was fulfilled'),
      (thrown: MediaKitError) => thrown,
    );
    expect((await fired).error === error).to.equal(true);
    return error.code;
  }

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
    for (const stream of lent.splice(0)) for (const track of stream.getTracks()) track.stop();
    await context?.close();
    context = undefined;
  });

  describe('snapshot()', () => {
    for (const type of [undefined, 'image/png', 'image/jpeg', 'image/webp']) {
      it(`${type ?? 'PNG'}, in full size whatever the box`, async () => {
        const element = await showing({}, { size: [640, 360] });
        element.style.inlineSize = '100px';
        const blob = await element.snapshot(type);
        expect(blob.type).to.equal(type ?? 'image/png');
        const { width, height } = await createImageBitmap(blob);
        expect([width, height]).to.deep.equal([640, 360]);
      });
    }

    it('takes less space at less quality', async () => {
      const element = await showing({}, { size: [640, 360] });
      const [low, high] = [
        await element.snapshot('image/jpeg', 0.1),
        await element.snapshot('image/jpeg', 1),
      ];
      expect(low.size).to.be.below(high.size);
    });

    it('is never mirrored', async () => {
      const element = await preview({ mirror: 'on' });
      const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
      const pen = canvas.getContext('2d')!;
      pen.fillStyle = 'red';
      pen.fillRect(0, 0, 32, 64);
      const stream = canvas.captureStream(10);
      lent.push(stream);
      element.srcObject = stream;
      pen.fillRect(0, 0, 32, 64);
      await until(() => element.videoWidth > 0, 'a picture');
      const drawn = Object.assign(document.createElement('canvas'), { width: 64, height: 64 });
      const reader = drawn.getContext('2d', { willReadFrequently: true })!;
      reader.drawImage(await createImageBitmap(await element.snapshot()), 0, 0);
      expect(reader.getImageData(8, 32, 1, 1).data[0]).to.be.above(200);
      expect(reader.getImageData(56, 32, 1, 1).data[0]).to.be.below(50);
    });

    it('rejects without a picture, and for other types', async () => {
      const empty = await preview();
      expect(await failure(empty, () => empty.snapshot())).to.equal('bad-input');
      const element = await showing();
      expect(await failure(element, () => element.snapshot('image/nonsense'))).to.equal('unsupported');
    });
  });

  describe('without a click', () => {
    it('requestPictureInPicture() says what to do', async () => {
      const element = await showing();
      const code = await failure(element, () => element.requestPictureInPicture());
      expect(code).to.equal(document.pictureInPictureEnabled ? 'permission-denied' : 'unsupported');
    });

    it('requestFullscreen() says what to do', async () => {
      const element = await showing();
      expect(await failure(element, () => element.requestFullscreen())).to.equal('permission-denied');
    });
  });

  describe('setSinkId()', () => {
    it('takes the system’s own speaker', async () => {
      const element = await showing();
      await element.setSinkId('');
      expect(element.sinkId).to.equal('');
    });

    it('keeps the last where there is no such speaker', async () => {
      const element = await showing();
      expect(await failure(element, () => element.setSinkId('no such speaker'))).to.equal('device-not-found');
      expect(element.sinkId).to.equal('');
    });

    it('remembers the speaker with persist', async () => {
      const { setSinkId } = HTMLMediaElement.prototype;
      HTMLMediaElement.prototype.setSinkId = async () => {};
      try {
        const element = await showing({ persist: '' });
        await element.setSinkId('headset');
        expect((await showing({ persist: '' })).sinkId).to.equal('headset');
      } finally {
        HTMLMediaElement.prototype.setSinkId = setSinkId;
        localStorage.removeItem('rtc-elements.devices');
      }
    });
  });

  it('plays through the speaker of persist once that is plugged in', async () => {
    const { setSinkId } = HTMLMediaElement.prototype;
    const played: string[] = [];
    let plugged = false;
    let tried = 0;
    HTMLMediaElement.prototype.setSinkId = async function (id) {
      tried++;
      if (id && !plugged) throw new DOMException('no such speaker', 'NotFoundError');
      if (this.isConnected || this.getRootNode() instanceof ShadowRoot) played.push(id);
    };
    try {
      localStorage.setItem('rtc-elements.devices', JSON.stringify({ speaker: 'headset' }));
      const element = await showing({ persist: '' });
      await until(() => tried > 0, 'it is tried');
      expect([element.sinkId, played.length]).to.deep.equal(['headset', 0]);
      plugged = true;
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
      await until(() => played.includes('headset'), 'it plays');
    } finally {
      HTMLMediaElement.prototype.setSinkId = setSinkId;
      localStorage.removeItem('rtc-elements.devices');
    }
  });

  it('poster stands in until the first picture, at the size of the box', async () => {
    const element = await preview({ poster });
    const image = element.renderRoot.querySelector<HTMLImageElement>('[part="poster"]')!;
    expect([image.src === poster, image.checkVisibility()]).to.deep.equal([true, true]);
    const status = element.renderRoot.querySelector('[part="status"]')!;
    expect(status.className, 'nothing is written over it').to.equal('visually-hidden over');
    const before = element.getBoundingClientRect();
    await expect(element).to.be.accessible();
    const stream = canvasStream(40, 90);
    lent.push(stream);
    element.srcObject = stream;
    await until(() => !image.checkVisibility(), 'the picture');
    expect(element.getBoundingClientRect().height).to.equal(before.height);
  });

  describe('controls', () => {
    const whole = [
      ...(document.pictureInPictureEnabled ? ['Picture in picture'] : []),
      ...(document.fullscreenEnabled ? ['Full screen'] : []),
    ];

    async function withBar(sound = true): Promise<StreamPreview> {
      const element = await showing({ controls: '' }, { sound });
      await until(() => bar(element), 'the bar');
      return element;
    }

    const press = (element: StreamPreview, key: string, init: KeyboardEventInit = {}): void => {
      const target = bar(element).querySelector('button')!;
      target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, ...init }));
    };

    it('has a button for each thing that is of use', async () => {
      expect(buttons(await withBar())).to.deep.equal(['Pause', 'Mute', ...whole]);
      expect(buttons(await withBar(false))).to.deep.equal(['Pause', ...whole]);
    });

    it('has those of the devices for our own capture', async () => {
      const element = await preview({ capture: 'user', controls: '' });
      await element.start();
      await until(() => bar(element) && element.videoWidth > 0, 'the bar');
      await element.updateComplete;
      expect(buttons(element)).to.deep.equal(['Pause', 'Microphone', 'Camera', ...whole]);
      press(element, 'm');
      press(element, 'v');
      await element.updateComplete;
      expect([element.audioEnabled, element.videoEnabled]).to.deep.equal([false, false]);
      expect(button(element, 'Camera').getAttribute('aria-pressed')).to.equal('false');
      await expect(element).to.be.accessible();
    });

    it('is for the keyboard, too', async () => {
      const element = await withBar();
      press(element, 'm');
      expect(element.muted).to.equal(true);
      press(element, 'M');
      expect(element.muted).to.equal(false);
      press(element, 'm', { ctrlKey: true });
      press(element, 'x');
      press(element, '"');
      expect(element.muted).to.equal(false);
      press(element, 'k');
      await until(() => element.paused, 'paused');
      press(element, 'k');
      await until(() => !element.paused, 'playing');
    });

    it('every button can have the focus, and the slider sets the volume', async () => {
      const element = await withBar();
      for (const each of bar(element).querySelectorAll('button')) expect(each.tabIndex).to.equal(0);
      const slider = bar(element).querySelector<HTMLInputElement>('input')!;
      expect(slider.getAttribute('aria-label')).to.equal('Volume');
      slider.value = '0.25';
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      expect(element.volume).to.equal(0.25);
      expect(slider.getBoundingClientRect().height).to.be.at.least(24);
      await expect(element).to.be.accessible();
    });

    it('keeps the focus when it goes with the picture', async () => {
      const element = await withBar();
      button(element, 'Pause').focus();
      element.srcObject = null;
      await element.updateComplete;
      expect([bar(element) === null, element.shadowRoot!.activeElement?.localName]).to.deep.equal([
        true,
        'video',
      ]);
    });

    it('says what a button does, and whether it is on', async () => {
      const element = await withBar();
      expect(button(element, 'Mute').getAttribute('aria-pressed')).to.equal('false');
      button(element, 'Mute').click();
      await element.updateComplete;
      expect(button(element, 'Mute').getAttribute('aria-pressed')).to.equal('true');
      if (document.fullscreenEnabled)
        expect(button(element, 'Full screen').getAttribute('aria-pressed')).to.equal('false');
    });
  });
});
