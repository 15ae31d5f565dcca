import { expect } from '@open-wc/testing';
import { captureError } from '../../../components/engine/capture/capture-error.js';
import { getDisplayMedia, getUserMedia } from '../../../components/engine/capture/capture.js';
import { MediaKitError } from '../../../components/engine/errors.js';
import { canvasStream } from '../../support/source.js';

/** The error that a promise is rejected with. */
async function rejection(promise: Promise<unknown>): Promise<MediaKitError> {
  try {
    await promise;
  } catch (error) {
    expect(error instanceof MediaKitError, String(error)).to.equal(true);
    return error as MediaKitError;
  }
  throw new Error('it was fulfilled');
}

/** Runs `body` while `object[name]` is `value`. */
async function replaced(
  object: object,
  name: string,
  value: unknown,
  body: () => Promise<void>,
): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(object, name);
  Object.defineProperty(object, name, { value, configurable: true });
  try {
    await body();
  } finally {
    if (own) Object.defineProperty(object, name, own);
    else delete (object as Record<string, unknown>)[name];
  }
}

describe('captureError', () => {
  const table: [name: string, message: string, code: string, says: RegExp][] = [
    ['NotAllowedError', 'Permission denied', 'permission-denied', /allow it/],
    ['NotAllowedError', 'Permission denied by system', 'permission-denied', /in the system/],
    ['NotAllowedError', 'Permission dismissed', 'permission-dismissed', /answer it/],
    ['SecurityError', '', 'permission-denied', /frame/],
    ['InvalidStateError', '', 'permission-denied', /click/],
    ['NotFoundError', '', 'device-not-found', /connect/],
    ['NotReadableError', '', 'device-in-use', /close other programs/],
    ['AbortError', '', 'device-in-use', /close other programs/],
    ['NotSupportedError', 'no displays', 'unsupported', /no displays/],
    ['OperationError', 'odd', 'device-in-use', /start again.*odd/],
  ];
  for (const [name, message, code, says] of table) {
    it(`makes ${code} of ${name} ${message}`, () => {
      const thrown = new DOMException(message, name);
      const error = captureError(thrown);
      expect(error.code).to.equal(code);
      expect(error.message).to.match(says);
      expect(error.cause === thrown).to.equal(true);
    });
  }

  it('makes bad-input of a TypeError, with its words', () => {
    const error = captureError(new TypeError('At least one of audio and video'));
    expect(error.code).to.equal('bad-input');
    expect(error.message).to.contain('At least one of audio and video');
  });

  it('names the constraint and its value', () => {
    const thrown = { name: 'OverconstrainedError', constraint: 'width', message: '' };
    expect(captureError(thrown, { video: { width: { exact: 99999 } } }).message).to.contain(
      '"width" {"exact":99999}',
    );
    expect(captureError(thrown, { video: true }).message).to.contain('"width"');
    expect(captureError({ ...thrown, constraint: '' }).message).to.contain('relax them');
    expect(captureError(thrown).code).to.equal('overconstrained');
    const both = { audio: { deviceId: 'a' }, video: { deviceId: 'b' } };
    expect(captureError({ ...thrown, constraint: 'deviceId' }, both).message).to.contain(
      '"deviceId" ["b","a"]',
    );
  });

  it('passes its own errors through, and takes whatever was thrown', () => {
    const own = new MediaKitError('timeout', 'Be quicker.');
    expect(captureError(own) === own).to.equal(true);
    for (const thrown of [undefined, null, 'text', 7, {}])
      expect(captureError(thrown).code).to.equal('device-in-use');
  });
});

describe('getUserMedia', () => {
  it('captures', async () => {
    const stream = await getUserMedia({ audio: true, video: true });
    expect(stream.getTracks().map(({ kind }) => kind)).to.have.members(['audio', 'video']);
    for (const track of stream.getTracks()) track.stop();
  });

  it('tells a browser that cannot from a page that is not secure', async () => {
    await replaced(navigator, 'mediaDevices', undefined, async () => {
      expect((await rejection(getUserMedia({ audio: true }))).code).to.equal('unsupported');
      await replaced(globalThis, 'isSecureContext', false, async () => {
        const { code, message } = await rejection(getUserMedia({ audio: true }));
        expect(code).to.equal('insecure-context');
        expect(message).to.match(/https.*localhost/);
      });
    });
  });

  it('rejects impossible constraints', async () => {
    const tooWide = await rejection(getUserMedia({ video: { width: { exact: 99999 } } }));
    expect(tooWide.code).to.equal('overconstrained');
    expect(tooWide.message).to.contain('"width" {"exact":99999}');
    expect((await rejection(getUserMedia({ audio: false, video: false }))).code).to.equal('bad-input');
    expect((await rejection(getUserMedia(7 as unknown as MediaStreamConstraints))).code).to.equal(
      'bad-input',
    );
  });
});

describe('getDisplayMedia', () => {
  it('captures', async () => {
    const display = canvasStream();
    await replaced(
      navigator.mediaDevices,
      'getDisplayMedia',
      async () => display,
      async () => {
        expect((await getDisplayMedia()) === display).to.equal(true);
      },
    );
    for (const track of display.getTracks()) track.stop();
  });

  it('says where there is none', async () => {
    await replaced(navigator, 'mediaDevices', { getUserMedia: () => {} }, async () => {
      expect((await rejection(getDisplayMedia())).code).to.equal('unsupported');
    });
  });
});
