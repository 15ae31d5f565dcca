import { expect } from '@open-wc/testing';
import {
  byPreference,
  checkCodecs,
  codecNames,
  orderOffer,
  preferred,
} from '../../../components/engine/call/codecs.js';
import type { MediaKitError } from '../../../components/engine/errors.js';

const all = ['VP8', 'rtx', 'H264', 'H264', 'AV1', 'VP9', 'VP9', 'red', 'ulpfec'].map((name, at) => ({
  mimeType: `video/${name}`,
  sdpFmtpLine: String(at),
}));
const order = (names: string[]): string =>
  byPreference(all, names)
    .map(({ sdpFmtpLine }) => sdpFmtpLine)
    .join('');

describe('codecs', () => {
  it('that are named come first, with every profile, and all that helps stays', () => {
    expect(order(['vp9', 'h264'])).to.equal('562301478');
    expect(order(['vp9', 'h265'])).to.equal('560123478');
    expect(order([])).to.equal('012345678');
    expect(order(['h265'])).to.equal('012345678');
  });

  it('are chosen by name, the first that both have', () => {
    expect(preferred(all, ['h265', 'vp9', 'vp8'])?.sdpFmtpLine).to.equal('5');
    expect(preferred(all, ['h265'])).to.equal(null);
    expect(preferred(all, [])).to.equal(null);
    expect(preferred([], ['vp9'])).to.equal(null);
  });

  it('come first in an offer that is to be answered, each in its own sections', () => {
    const section = (kind: string, types: string): string =>
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${types}\r\na=mid:0\r\na=rtpmap:96 VP8/90000\r\na=rtpmap:97 rtx/90000\r\n` +
      'a=fmtp:97 apt=96\r\na=rtpmap:45 AV1/90000\r\na=rtpmap:111 opus/48000/2\r\n';
    const start = 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n';
    const data = 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n';
    const offer = start + section('audio', '97 111') + section('video', '96 97 45') + data;
    expect(orderOffer(offer, ['AV1', 'opus'])).to.equal(
      start + section('audio', '111 97') + section('video', '45 96 97') + data,
    );
    expect(orderOffer(offer)).to.equal(offer);
    expect(orderOffer(offer, ['h264'])).to.equal(offer);
    expect(orderOffer('m=video (\r\nm=audio', ['vp8'])).to.equal('m=video (\r\nm=audio');
  });

  it('are those of one kind, however they are written', () => {
    expect(codecNames('video', ['VP9', 'opus', 'h264'])).to.deep.equal(['vp9', 'h264']);
    expect(codecNames('audio', ['VP9', 'Opus'])).to.deep.equal(['opus']);
    expect(codecNames('audio')).to.deep.equal([]);
  });

  it('that this browser has all have a name here', () => {
    const helpers = ['rtx', 'red', 'ulpfec', 'flexfec-03', 'cn', 'telephone-event'];
    for (const kind of ['audio', 'video'] as const) {
      const names = RTCRtpSender.getCapabilities(kind)!.codecs.map(({ mimeType }) => mimeType.split('/')[1]!);
      const others = names.filter((name) => !helpers.includes(name.toLowerCase()));
      expect(others.length).to.be.above(0);
      expect(codecNames(kind, others).length).to.equal(others.length);
    }
  });

  it('that do not exist are bad input', () => {
    checkCodecs([]);
    checkCodecs(['H264', 'av1', 'opus']);
    for (const wrong of ['vp10', 'rtx', '', 'video/VP8', 'constructor']) {
      let error: unknown = null;
      try {
        checkCodecs(['vp8', wrong]);
      } catch (thrown) {
        error = thrown;
      }
      expect((error as MediaKitError)?.code, wrong).to.equal('bad-input');
      expect((error as MediaKitError).message)
        .to.contain(`"${wrong}"`)
        .and.to.contain('vp9');
    }
  });
});
