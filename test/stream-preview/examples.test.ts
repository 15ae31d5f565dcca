import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import '../../components/stream-preview/define.js';
import type { StreamPreview } from '../../components/stream-preview/stream-preview.js';
import { afterGrace } from '../support/wait.js';

/** What those expect of a preview who know `MediaStream`. */
describe('<stream-preview>: the examples of MediaStream', () => {
  let preview: StreamPreview;

  const ended = (stream: MediaStream): boolean =>
    stream.getTracks().every(({ readyState }) => readyState === 'ended');
  const rejection = (promise: Promise<unknown>): Promise<MediaKitError> =>
    promise.then(
      () => expect.fail('it was fulfilled'),
      (error: MediaKitError) => error,
    );

  beforeEach(() => {
    preview = document.createElement('stream-preview');
    document.body.append(preview);
  });

  afterEach(async () => {
    delete (navigator.mediaDevices as Partial<MediaDevices>).getUserMedia;
    document.body.replaceChildren();
    await afterGrace();
  });

  it('getUserMedia(constraints)', async () => {
    const stream = await preview.getUserMedia({ audio: true, video: { width: 320, height: 240 } });
    expect(stream instanceof MediaStream).to.equal(true);
    expect(preview.stream === stream).to.equal(true);
    const { width, height } = preview.settings.video!;
    expect([width, height]).to.deep.equal([320, 240]);
  });

  it('active', async () => {
    expect(preview.active).to.equal(false);
    const stream = await preview.getUserMedia({ video: true });
    expect([preview.active, stream.active]).to.deep.equal([true, true]);
    preview.stop();
    expect(preview.active).to.equal(false);
  });

  it('stream.id', async () => {
    const { id } = await preview.getUserMedia({ video: true });
    expect(preview.streamId).to.equal(id);
    expect(id).to.match(/^.{36}/);
  });

  it('getAudioTracks() and getVideoTracks()', async () => {
    await preview.getUserMedia({ audio: true, video: true });
    expect(preview.getAudioTracks().map(({ kind }) => kind)).to.deep.equal(['audio']);
    expect(preview.getVideoTracks().map(({ kind }) => kind)).to.deep.equal(['video']);
    await preview.getUserMedia({ audio: true });
    expect([preview.getAudioTracks().length, preview.getVideoTracks().length]).to.deep.equal([1, 0]);
  });

  it('clone()', async () => {
    const stream = await preview.getUserMedia({ audio: true, video: true });
    const copy = preview.clone()!;
    expect([copy.id === stream.id, copy.getTracks().length]).to.deep.equal([false, 2]);
    preview.stop();
    expect([ended(stream), ended(copy), copy.active]).to.deep.equal([true, false, true]);
    for (const track of copy.getTracks()) track.stop();
  });

  it('an error when permission is denied', async () => {
    const thrown = new DOMException('Permission denied', 'NotAllowedError');
    navigator.mediaDevices.getUserMedia = () => Promise.reject(thrown);
    const error = await rejection(preview.getUserMedia({ video: true }));
    expect([error.code, error.cause === thrown]).to.deep.equal(['permission-denied', true]);
    expect(error.message).to.contain('allow it');
  });

  it('an error when the constraints are wrong', async () => {
    const impossible = await rejection(preview.getUserMedia({ video: { width: { exact: 99999 } } }));
    expect([impossible.code, impossible.message.includes('"width"')]).to.deep.equal([
      'overconstrained',
      true,
    ]);
    expect((await rejection(preview.getUserMedia({}))).code).to.equal('bad-input');
  });

  it('stopped tracks', async () => {
    const stream = await preview.getUserMedia({ audio: true, video: true });
    preview.stop();
    expect(ended(stream)).to.equal(true);
    const again = await preview.getUserMedia({ video: true });
    preview.remove();
    await afterGrace();
    await afterGrace();
    expect(ended(again), 'removed').to.equal(true);
  });
});
