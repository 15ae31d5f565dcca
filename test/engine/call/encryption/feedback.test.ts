import { expect } from '@open-wc/testing';
import { withoutStrayFeedback } from '../../../../components/engine/call/encryption/feedback.js';

const sdp = (...lines: readonly string[]): string => [...lines, ''].join('\r\n');

describe('withoutStrayFeedback()', () => {
  it('leaves out what is for payload types that the section does not list', () => {
    const given = sdp(
      'v=0',
      'm=audio 9 UDP/TLS/RTP/SAVPF 109',
      'a=rtcp-fb:109 transport-cc',
      'a=rtcp-fb:120 transport-cc',
      'm=video 0 UDP/TLS/RTP/SAVPF 120 124',
      'a=fmtp:124 apt=120',
      'a=rtcp-fb:120 nack pli',
      'a=rtcp-fb:99 nack',
      'a=rtcp-fb:12 nack',
      'a=rtcp-fb:* ccm fir',
      'a=rtpmap:120 VP8/90000',
    );
    expect(withoutStrayFeedback(given)).to.equal(
      sdp(
        'v=0',
        'm=audio 9 UDP/TLS/RTP/SAVPF 109',
        'a=rtcp-fb:109 transport-cc',
        'm=video 0 UDP/TLS/RTP/SAVPF 120 124',
        'a=fmtp:124 apt=120',
        'a=rtcp-fb:120 nack pli',
        'a=rtcp-fb:* ccm fir',
        'a=rtpmap:120 VP8/90000',
      ),
    );
  });

  it('changes nothing else', () => {
    const given = sdp('v=0', 's=-', 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel', 'a=mid:2');
    expect(withoutStrayFeedback(given)).to.equal(given);
  });

  it('makes of every offer one that lists what it speaks of', async () => {
    const connection = new RTCPeerConnection();
    try {
      const transceiver = connection.addTransceiver('video');
      const { codecs } = RTCRtpReceiver.getCapabilities('video')!;
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => mimeType === 'video/VP8'));
      const { sdp: offered } = await connection.createOffer();
      const kept = withoutStrayFeedback(offered!);
      const [, payload] = /^a=rtpmap:(\d+) VP8/m.exec(kept)!;
      const told = [...kept.matchAll(/^a=rtcp-fb:(\d+) /gm)].map(([, type]) => type);
      expect(told).not.to.deep.equal([]);
      expect(told.filter((type) => type !== payload)).to.deep.equal([]);
    } finally {
      connection.close();
    }
  });
});
