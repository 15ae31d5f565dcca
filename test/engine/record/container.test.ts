import { expect } from '@open-wc/testing';
import { fileName, typeFor } from '../../../components/engine/record/container.js';
import type { MediaKitError } from '../../../components/engine/errors.js';

const both = { video: true, audio: true };
const picture = { video: true, audio: false };
const sound = { video: false, audio: true };
const only =
  (...types: string[]) =>
  (type: string): boolean =>
    types.includes(type);

describe('the type of a recording', () => {
  it('is MP4 where the browser can', () => {
    expect(typeFor(null, both, () => true)).to.equal('video/mp4;codecs=avc3,mp4a.40.2');
    expect(typeFor(null, picture, () => true)).to.equal('video/mp4;codecs=avc3');
    expect(typeFor(null, sound, () => true)).to.equal('audio/mp4;codecs=mp4a.40.2');
    expect(typeFor(null, both, only('video/mp4;codecs=vp9,opus', 'video/webm'))).to.equal(
      'video/mp4;codecs=vp9,opus',
    );
  });

  it('is WebM where it cannot', () => {
    const firefox = only('video/webm;codecs=vp8,opus', 'video/webm', 'audio/webm;codecs=opus');
    expect(typeFor(null, both, firefox)).to.equal('video/webm;codecs=vp8,opus');
    expect(typeFor(null, sound, firefox)).to.equal('audio/webm;codecs=opus');
    expect(typeFor(null, picture, only('video/webm'))).to.equal('video/webm');
  });

  it('is what is wished for: a container, with codecs or without', () => {
    expect(typeFor('video/webm', both, () => true)).to.equal('video/webm;codecs=vp9,opus');
    expect(typeFor('video/webm', both, only('video/webm'))).to.equal('video/webm');
    const matroska = 'video/x-matroska;codecs=avc1';
    expect(typeFor(matroska, both, () => true)).to.equal(matroska);
  });

  it('is refused where the browser cannot do what is wished for', () => {
    const refusal = (wish: string | null): MediaKitError => {
      try {
        typeFor(wish, both, () => false);
      } catch (thrown) {
        return thrown as MediaKitError;
      }
      throw new Error('not refused');
    };
    expect([refusal('video/avi').code, refusal(null).code]).to.deep.equal(['unsupported', 'unsupported']);
    expect(refusal('video/avi').message).to.contain('video/avi');
  });

  it('is not of sound alone where there is a picture', () => {
    expect(() => typeFor('audio/webm', both, () => true)).to.throw('audio/webm');
    expect(typeFor('audio/webm', sound, () => true)).to.equal('audio/webm;codecs=opus');
  });

  it('may be written in capitals', () => {
    expect(typeFor('Video/WebM', both, () => true)).to.equal('video/webm;codecs=vp9,opus');
    expect(fileName('talk', 'Video/WebM;codecs=vp8', new Date())).to.equal('talk.webm');
  });
});

describe('the name of a recording', () => {
  const date = new Date('2026-05-04T03:02:01.5Z');

  it('is the date without a name', () => {
    expect(fileName(null, 'video/mp4;codecs=avc1', date)).to.equal('recording-2026-05-04T03-02-01.mp4');
    expect(fileName('  ', 'audio/mp4', date)).to.equal('recording-2026-05-04T03-02-01.m4a');
  });

  it('has the ending of its type once', () => {
    expect(fileName('talk', 'video/webm;codecs=vp8,opus', date)).to.equal('talk.webm');
    expect(fileName('talk.webm', 'video/webm', date)).to.equal('talk.webm');
    expect(fileName('talk.WEBM', 'video/webm', date)).to.equal('talk.WEBM');
    expect(fileName('talk.v2', 'video/x-matroska', date)).to.equal('talk.v2.mkv');
    expect(fileName('talk', 'video/strange', date)).to.equal('talk.bin');
  });
});
