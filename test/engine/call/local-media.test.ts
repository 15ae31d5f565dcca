import { expect } from '@open-wc/testing';
import { LocalMedia, type SendingOptions } from '../../../components/engine/call/local-media.js';
import { Uplink } from '../../../components/engine/call/uplink.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { picture, tone } from './support.js';

describe('LocalMedia', () => {
  const borrowed: { stop(): void }[] = [];
  let media: LocalMedia;

  const camera = (): MediaStream => {
    const [red, sound] = [picture('red'), tone()];
    borrowed.push(red, sound);
    return new MediaStream([...red.getTracks(), ...sound.getTracks()]);
  };
  /** The directions of microphone, camera, screen and its sound; in capitals where there is a track. */
  const told = (): string =>
    media.outgoing.map(({ track, direction }) => (track ? direction.toUpperCase() : direction)).join(' ');

  beforeEach(() => {
    media = new LocalMedia(() => {});
  });
  afterEach(() => {
    media.release();
    for (const stream of borrowed.splice(0)) stream.stop();
  });

  const all = 'SENDRECV SENDRECV SENDONLY SENDONLY';
  const table: [SendingOptions['direction'], nothing: string, full: string, muted: string][] = [
    [undefined, 'recvonly recvonly inactive inactive', all, 'sendrecv sendrecv SENDONLY SENDONLY'],
    ['sendrecv', 'recvonly recvonly inactive inactive', all, 'sendrecv sendrecv SENDONLY SENDONLY'],
    [
      'sendonly',
      'inactive inactive inactive inactive',
      'SENDONLY SENDONLY SENDONLY SENDONLY',
      'sendonly sendonly SENDONLY SENDONLY',
    ],
    [
      'recvonly',
      'recvonly recvonly inactive inactive',
      'recvonly recvonly inactive inactive',
      'recvonly recvonly inactive inactive',
    ],
  ];
  for (const [direction, nothing, full, muted] of table) {
    it(`has its places when ${direction ?? 'nothing was said'}`, () => {
      media.setSending(direction ? { direction } : {});
      expect(told()).to.equal(nothing);
      media.setStream(camera());
      media.setScreen(camera());
      expect(told()).to.equal(full);
      const sends = direction !== 'recvonly';
      expect([media.state.audio, media.state.video]).to.deep.equal([sends, sends]);
      expect(media.state.screen !== null).to.equal(sends);
      media.setAudio(false);
      media.setVideo(false);
      expect(told()).to.equal(muted);
    });
  }

  it('keeps the place of a camera whose hardware is off or gone, until its track is', () => {
    const stream = camera();
    media.setStream(stream);
    media.setVideo(false);
    for (const track of stream.getVideoTracks()) track.stop();
    expect(told()).to.equal('SENDRECV sendrecv inactive inactive');
    media.setVideo(true);
    expect(told()).to.equal('SENDRECV sendrecv inactive inactive');
    for (const track of stream.getVideoTracks()) stream.removeTrack(track);
    expect(told()).to.equal('SENDRECV recvonly inactive inactive');
  });

  it('takes a screen that has ended for none', () => {
    const screen = camera();
    for (const track of screen.getVideoTracks()) track.stop();
    media.setScreen(screen);
    expect(media.screen === null).to.equal(true);
    expect(told()).to.equal('recvonly recvonly inactive inactive');
  });

  it('keeps how it sends when it is told what makes no sense', () => {
    const sending = { maxBitrate: 100_000 };
    media.setSending(sending);
    let error: unknown = null;
    try {
      media.setSending({ codecs: ['vp10'] });
    } catch (thrown) {
      error = thrown;
    }
    expect((error as MediaKitError).code).to.equal('bad-input');
    expect(media.sending === sending).to.equal(true);
  });

  it('says that nothing cannot take the place of a track', () => {
    const stream = camera();
    media.setStream(stream);
    let error: unknown = null;
    try {
      media.replaceTrack(stream.getTracks()[0]!, undefined as unknown as MediaStreamTrack);
    } catch (thrown) {
      error = thrown;
    }
    expect((error as MediaKitError).code).to.equal('bad-input');
  });

  it('warns of missing codecs once for each choice', () => {
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (words: string) => void warnings.push(words);
    try {
      for (const codecs of [['h265'], ['h264', 'av1']]) {
        media.setSending({ codecs });
        for (let peer = 0; peer < 3; peer++) media.codecsMissing();
      }
    } finally {
      console.warn = warn;
    }
    expect(warnings.map((words) => words.split(':')[0])).to.deep.equal(['h265', 'h264, av1']);
  });

  describe('uplink', () => {
    const claimant = () => ({
      closed: false,
      told: 0,
      tune() {
        this.told++;
      },
    });

    it('adds up what is claimed, and tells the others of a change alone', () => {
      const uplink = new Uplink();
      const [ann, bob] = [claimant(), claimant()];
      expect(uplink.claim(ann, 3)).to.equal(3);
      expect(uplink.claim(bob, 4)).to.equal(7);
      expect(uplink.claim(ann, 3)).to.equal(7);
      expect([ann.told, bob.told]).to.deep.equal([1, 0]);
      expect(uplink.claim(ann, 0)).to.equal(4);
      expect([ann.told, bob.told]).to.deep.equal([1, 1]);
    });

    it('forgets who sends nothing any longer, and tells the others', () => {
      const uplink = new Uplink();
      const [ann, bob, cid] = [claimant(), claimant(), claimant()];
      uplink.claim(ann, 3);
      uplink.claim(cid, 5);
      uplink.claim(bob, 4);
      const before = cid.told;
      ann.closed = true;
      const { told } = ann;
      expect(uplink.claim(bob, 4)).to.equal(9);
      expect([ann.told - told, cid.told - before]).to.deep.equal([0, 1]);
    });
  });
});
