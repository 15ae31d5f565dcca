import { expect } from '@open-wc/testing';
import { observe, type Observation, type PeerQuality } from '../../../components/engine/call/quality.js';
import { readReport, type Reading } from '../../../components/engine/call/reading.js';
import { until } from '../../support/wait.js';
import { Link, reading } from './measured.js';

const chromium = 'chrome' in window;

describe('the quality of a connection, measured', function () {
  this.timeout(60_000);
  let link: Link;
  before(async () => void (link = await Link.open()));
  after(() => link.close());

  /** Observes a connection, half a second between readings, until its quality is as wanted. */
  function observed(
    connection: RTCPeerConnection,
    wanted: (quality: PeerQuality) => boolean,
  ): Promise<PeerQuality> {
    let observation: Observation | null = null;
    return until(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 500));
        observation = observe(observation, readReport(await connection.getStats()));
        return wanted(observation.quality) ? observation.quality : null;
      },
      String(wanted),
      30_000,
    );
  }

  it('tells bitrate, picture, codecs and jitter of what is received', async () => {
    const { received, sent, score, roundTrip } = await observed(
      link.connections[1],
      ({ received: { bitrate, frameRate } }) => bitrate! > 5_000 && frameRate! > 1,
    );
    expect(received.width).to.equal(160);
    expect(received.height).to.equal(120);
    expect(received.frameRate).to.be.within(1, 60);
    expect(received.bitrate).to.be.within(5_000, 3_000_000);
    expect(received.loss).to.be.within(0, 0.2);
    expect(received.jitter).to.be.within(0, 1);
    expect([...received.codecs].sort().join()).to.match(/^(AV1|H264|VP8|VP9),opus$/);
    expect(sent.bitrate).to.equal(null);
    expect(sent.codecs).to.deep.equal([]);
    expect(score).not.to.equal('none');
    expect(roundTrip === null || roundTrip < 5).to.equal(true);
  });

  it('tells it of what is sent, with the way there and back', async () => {
    const quality = await observed(
      link.connections[0],
      ({ sent, roundTrip }) => sent.frameRate! > 1 && sent.loss !== null && roundTrip !== null,
    );
    const { sent, received, roundTrip, candidatePair, limitation, availableBitrate } = quality;
    expect(sent.width).to.equal(160);
    expect(sent.height).to.equal(120);
    expect(sent.bitrate).to.be.within(5_000, 3_000_000);
    expect([...sent.codecs].sort().join()).to.match(/^(AV1|H264|VP8|VP9),opus$/);
    expect(received.bitrate).to.equal(null);
    expect(roundTrip).to.be.within(0, 5);
    expect(candidatePair!.local).to.match(/host|prflx/);
    expect(candidatePair!.remote).to.match(/host|prflx/);
    expect(candidatePair!.protocol).to.equal('udp');
    expect(candidatePair!.relayProtocol).to.equal(null);
    // What Firefox does not tell.
    expect(limitation === null).to.equal(!chromium);
    expect(availableBitrate === null).to.equal(!chromium);
    expect(Object.isFrozen(quality) && Object.isFrozen(sent) && Object.isFrozen(candidatePair)).to.equal(
      true,
    );
  });

  it('tells of nothing while both are muted', async () => {
    const tracks = link.senders.map(({ track }) => track);
    await Promise.all(link.senders.map((sender) => sender.replaceTrack(null)));
    try {
      // Frames that have come before may be decoded after.
      const { received } = await observed(
        link.connections[1],
        ({ received: { loss, frameRate } }) => loss === null && frameRate === 0,
      );
      expect(received).to.deep.equal({
        bitrate: 0,
        loss: null,
        jitter: null,
        frameRate: 0,
        width: null,
        height: null,
        codecs: [],
      });
    } finally {
      await Promise.all(link.senders.map((sender, at) => sender.replaceTrack(tracks[at]!)));
    }
    await observed(link.connections[1], ({ received: { bitrate } }) => bitrate! > 0);
  });

  it('tells whether our own microphone is silent, where the browser does', async () => {
    const { id } = link.microphone.track;
    const observations = async (): Promise<Observation> => {
      const before = observe(null, readReport(await link.connections[0].getStats()));
      await new Promise((resolve) => setTimeout(resolve, 500));
      return observe(before, readReport(await link.connections[0].getStats()));
    };
    const silent = async (): Promise<boolean> => (await observations()).silent.includes(id);
    if (!chromium) {
      const { reading } = await observations();
      expect(reading.sounds.get(id)).to.equal(null);
      return;
    }
    await until(async () => !(await silent()), 'loud');
    link.microphone.volume = 0;
    await until(silent, 'silent');
    link.microphone.volume = 0.0005;
    await until(async () => !(await silent()), 'as a quiet room');
    link.microphone.volume = 0.3;
  });
});

describe('the quality of a connection, from readings', () => {
  const follow = (...readings: readonly Reading[]): Observation =>
    readings.reduce<Observation | null>(observe, null)!;
  const quality = (...readings: readonly Reading[]): PeerQuality => follow(...readings).quality;
  /** A second of video with this part lost. */
  const lossy = (second: number, lost: number): Reading =>
    reading(second * 1000, { v: { packets: second * 100, lost, bytes: second * 1000 } });

  it('knows no rates after the first reading', () => {
    const { score, received } = quality(reading(1000, { v: { packets: 10, bytes: 1000 } }));
    expect(score).to.equal('none');
    expect(received.bitrate).to.equal(null);
  });

  it('goes by the time of the reports, however late they come', () => {
    const { received } = quality(
      reading(1000, { v: { bytes: 1000, frames: 10, width: 4, height: 3, packets: 1 } }),
      reading(61_000, { v: { bytes: 61_000, frames: 910, width: 4, height: 3, packets: 2 } }),
    );
    expect(received.bitrate).to.equal(8000);
    expect(received.frameRate).to.equal(15);
  });

  it('counts a flow that is new from the reading before', () => {
    const { received } = quality(reading(1000), reading(3000, { a: { bytes: 500, packets: 2 } }));
    expect(received.bitrate).to.equal(2000);
  });

  it('takes one reading twice, or counts that fall, as nothing', () => {
    const one = reading(1000, { a: { bytes: 500, packets: 2 } });
    expect(quality(one, one).received.bitrate).to.equal(null);
    expect(quality(one, reading(2000, { a: { bytes: 10, packets: 1 } })).received.bitrate).to.equal(0);
  });

  it('adds up flows, and describes the largest picture that moves', () => {
    const flows = (time: number, count: number) =>
      reading(time, {
        a: { kind: 'audio', bytes: count * 100, packets: count, codec: 'opus', jitter: 0.02 },
        small: { width: 40, height: 30, frames: count * 5, bytes: count * 100, packets: count, codec: 'VP8' },
        large: { width: 80, height: 60, frames: count * 7, packets: count, codec: 'VP8', jitter: 0.01 },
        still: { width: 800, height: 600, frames: 9, packets: 9, codec: 'AV1', jitter: 9 },
      });
    const { received } = quality(flows(0, 1), flows(1000, 2));
    expect(received).to.deep.equal({
      bitrate: 1600,
      loss: 0,
      jitter: 0.02,
      frameRate: 7,
      width: 80,
      height: 60,
      codecs: ['opus', 'VP8'],
    });
  });

  it('tells what is lost of what comes, and what the peer misses of what we send', () => {
    expect(quality(lossy(1, 0), lossy(2, 25)).received.loss).to.equal(0.2);
    const sent = (time: number, packets: number, missed: number) =>
      reading(time, { a: { sent: true, packets, missed }, v: { sent: true, packets: packets * 3 } });
    expect(quality(sent(0, 0, 0), sent(1000, 100, 0.4)).sent.loss).to.equal(0.1);
  });

  it('gets worse with the second bad reading and better with the first good one', () => {
    const lost = [0, 0, 0, 50, 50, 100, 150, 150, 154, 158];
    const readings = lost.map((count, at) => lossy(at, count));
    const scores = readings.map((_, at) => quality(...readings.slice(0, at + 1)).score);
    expect(scores.slice(1)).to.deep.equal([
      'good',
      'good',
      'good',
      'good',
      'good',
      'poor',
      'good',
      'good',
      'fair',
    ]);
  });

  it('is poor on a slow way and on a narrow one, not where a limit of our own keeps the picture small', () => {
    const flows = (time: number, rest: Partial<Reading>) =>
      reading(time, { v: { sent: true, packets: time, frames: time, limitation: 'bandwidth' } }, rest);
    const score = (rest: Partial<Reading>) =>
      quality(...[1, 2, 3].map((second) => flows(second * 1000, rest))).score;
    expect(score({ availableBitrate: 300_000 })).to.equal('good');
    expect(score({ availableBitrate: 100_000 })).to.equal('poor');
    expect(score({ roundTrip: 0.4 })).to.equal('fair');
    expect(score({ roundTrip: 0.7 })).to.equal('poor');
    expect(score({})).to.equal('good');
  });

  it('keeps nothing of the readings before the last', () => {
    const size = (value: unknown, seen = new Set<unknown>()): number => {
      if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
      seen.add(value);
      const held = value instanceof Map ? [...value.values()] : Object.values(value);
      return held.reduce((total, one) => total + size(one, seen), 1);
    };
    const many = Array.from({ length: 500 }, (_, at) => lossy(at, 0));
    expect(size(follow(...many))).to.equal(size(follow(...many.slice(0, 3))));
  });
});

describe('a report', () => {
  const stat = (id: string, type: string, rest: object) =>
    [id, { id, type, timestamp: 20_000, ...rest }] as const;

  it('is read with what is not there', () => {
    expect(readReport(new Map()).flows.size).to.equal(0);
    const { flows, candidatePair } = readReport(
      new Map<string, unknown>([
        stat('t', 'transport', { selectedCandidatePairId: 'p' }),
        stat('p', 'candidate-pair', { localCandidateId: 'l', remoteCandidateId: 'r' }),
        stat('i', 'inbound-rtp', { kind: 'audio', codecId: 'c' }),
      ]),
    );
    expect(candidatePair).to.equal(null);
    expect(flows.get('i')).to.include({ sent: false, bytes: 0, codec: null });
  });

  it('names the way through a relay', () => {
    const { candidatePair } = readReport(
      new Map<string, unknown>([
        stat('t', 'transport', { selectedCandidatePairId: 'p' }),
        stat('p', 'candidate-pair', { localCandidateId: 'l', remoteCandidateId: 'r' }),
        stat('l', 'local-candidate', { candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' }),
        stat('r', 'remote-candidate', { candidateType: 'srflx', protocol: 'udp' }),
      ]),
    );
    expect(candidatePair).to.deep.equal({
      local: 'relay',
      remote: 'srflx',
      protocol: 'udp',
      relayProtocol: 'tls',
    });
  });

  it('goes without what the peer has reported too long ago', () => {
    const missed = (timestamp: number) =>
      readReport(
        new Map<string, unknown>([
          stat('o', 'outbound-rtp', { kind: 'audio', remoteId: 'x' }),
          stat('x', 'remote-inbound-rtp', { timestamp, fractionLost: 0.5 }),
        ]),
      ).flows.get('o')!.missed;
    expect(missed(15_000)).to.equal(0.5);
    expect(missed(5_000)).to.equal(0);
  });
});
