import { expect } from '@open-wc/testing';
import type { CallIssue } from '../../../components/engine/call/issues.js';
import { Monitor, type MonitorOptions } from '../../../components/engine/call/monitor.js';
import type { PeerQuality } from '../../../components/engine/call/quality.js';
import { until } from '../../support/wait.js';
import { Link } from './measured.js';
import { CountingClock, FakeClock } from './support.js';

interface Observed {
  readonly id: string;
  readonly quality: PeerQuality | null;
  readonly speaking: boolean;
}

/** A monitor with all that it has told. */
class Watch {
  readonly observed: Observed[] = [];
  readonly speakers: (string | null)[] = [];
  readonly issues: CallIssue[] = [];
  readonly monitor: Monitor;
  connections: Record<string, RTCPeerConnection>;
  tracks: readonly MediaStreamTrack[] = [];
  told = { audio: true, video: true };

  constructor(connections: Record<string, RTCPeerConnection>, options: Partial<MonitorOptions> = {}) {
    this.connections = connections;
    this.monitor = new Monitor({
      clock: new CountingClock(),
      connections: () => Object.entries(this.connections),
      tracks: () => this.tracks,
      told: () => this.told,
      observed: (id, what) => void this.observed.push({ id, ...what }),
      speaker: (id) => void this.speakers.push(id),
      issue: (issue) => void this.issues.push(issue),
      ...options,
    });
  }

  get last(): Observed | undefined {
    return this.observed.at(-1);
  }

  get names(): string[] {
    return this.issues.map(({ name, ended }) => (ended === null ? name : `-${name}`));
  }
}

describe('Monitor, with real connections', function () {
  this.timeout(60_000);
  let link: Link;
  let watch: Watch;
  before(async () => void (link = await Link.open()));
  afterEach(() => watch.monitor.release());
  after(() => link.close());

  it('tells the quality of a connection', async () => {
    watch = new Watch({ ann: link.connections[1] });
    await until(() => watch.last?.quality?.received.bitrate, 'a bitrate', 30_000);
    const { id, quality } = watch.last!;
    expect(id).to.equal('ann');
    expect(quality!.received.width).to.equal(160);
    expect(Object.isFrozen(quality)).to.equal(true);
  });

  it('tells who speaks and when that ends', async () => {
    link.microphone.volume = 0;
    watch = new Watch({ ann: link.connections[1], bob: link.connections[0] });
    await until(() => watch.observed.some(({ quality }) => quality), 'a sample', 30_000);
    expect(watch.speakers).to.deep.equal([]);
    link.microphone.volume = 0.3;
    await until(() => watch.speakers.length === 1, 'a speaker', 30_000);
    expect(watch.observed.filter(({ speaking }) => speaking).map(({ id }) => id)).to.include('ann');
    link.microphone.volume = 0;
    await until(() => watch.speakers.length === 2, 'nobody', 30_000);
    expect(watch.speakers).to.deep.equal(['ann', null]);
    expect(watch.observed.some(({ id, speaking }) => id === 'bob' && speaking)).to.equal(false);
    link.microphone.volume = 0.3;
  });

  it('takes a microphone that is muted in the middle of a word for silent', async () => {
    watch = new Watch({ ann: link.connections[1] });
    await until(() => watch.speakers.length === 1, 'a speaker', 30_000);
    const [sender] = link.senders;
    const { track } = sender!;
    // The last level stays among the sources for ten seconds.
    await sender!.replaceTrack(null);
    await until(() => watch.speakers.length === 2, 'nobody', 30_000);
    const [receiver] = link.connections[1].getReceivers();
    const levels = receiver!.getSynchronizationSources().map(({ audioLevel }) => audioLevel!);
    await sender!.replaceTrack(track);
    expect(watch.speakers).to.deep.equal(['ann', null]);
    expect(watch.speakers).to.deep.equal(['ann', null]);
    expect(Math.max(...levels)).to.be.greaterThan(0.1);
  });

  it('tells that nothing arrives, and that it does again', async () => {
    const tracks = link.senders.map(({ track }) => track);
    watch = new Watch({ ann: link.connections[1] }, { clock: new CountingClock(4) });
    await until(() => watch.last?.quality?.received.frameRate, 'frames', 30_000);
    expect(watch.names).to.deep.equal([]);
    await Promise.all(link.senders.map((sender) => sender.replaceTrack(null)));
    await until(() => watch.issues.length === 1, 'a problem', 30_000);
    expect(watch.issues[0]).to.include({ name: 'no-media', peerId: 'ann', ended: null });
    await Promise.all(link.senders.map((sender, at) => sender.replaceTrack(tracks[at]!)));
    await until(() => watch.issues.length === 2, 'its end', 30_000);
    expect(watch.names).to.deep.equal(['no-media', '-no-media']);
    expect(watch.issues[1]!.ended).to.be.greaterThan(watch.issues[1]!.since);
  });

  it('tells that our microphone is silent, and that it is no longer', async () => {
    const clock = new CountingClock(4);
    watch = new Watch({ ann: link.connections[0] }, { clock });
    watch.told = { audio: false, video: false };
    watch.tracks = [link.microphone.track];
    await until(() => watch.last?.quality?.sent.bitrate, 'a sample', 30_000);
    link.microphone.volume = 0;
    // At four times the pace, a peer that reports seldom may seem to have heard nothing meanwhile.
    const silent = () => watch.issues.filter(({ name }) => name === 'silent-microphone');
    await until(() => silent().length === 1, 'a problem', 30_000);
    expect(silent()[0]).to.include({ peerId: null, ended: null });
    link.microphone.volume = 0.3;
    await until(() => silent().length === 2, 'its end', 30_000);
    expect(silent()[1]!.ended).to.be.greaterThan(silent()[1]!.since);
  });

  it('does not call a muted microphone silent', async () => {
    watch = new Watch({ ann: link.connections[0] }, { clock: new CountingClock(4) });
    watch.told = { audio: false, video: false };
    watch.tracks = [link.microphone.track];
    link.microphone.track.enabled = false;
    const { length } = watch.observed;
    await until(() => watch.observed.length > length + 8, 'eight samples', 30_000);
    link.microphone.track.enabled = true;
    expect(watch.names).not.to.include('silent-microphone');
  });

  it('begins anew with another connection of the peer, and forgets the figures of one that is down', async () => {
    watch = new Watch({ ann: link.connections[1] }, { clock: new CountingClock(4) });
    await until(() => watch.last?.quality?.received.bitrate, 'figures', 30_000);
    const other = await Link.open();
    try {
      watch.connections = { ann: other.connections[1] };
      const { length } = watch.observed;
      const first = await until(
        () => watch.observed.slice(length).find(({ quality }) => quality),
        'the other',
        30_000,
      );
      expect(first.quality!.score).to.equal('none');
      await until(() => watch.last?.quality?.received.bitrate, 'its figures', 30_000);
    } finally {
      other.close();
    }
    await until(() => watch.last?.quality === null, 'none', 30_000);
  });
});

// What cannot be caused: answers that come late or not at all.
describe('Monitor, with answers as they should not be', () => {
  /** A connection that receives nothing, and whose answers are in the test's hands. */
  class Stubborn {
    connectionState = 'connected';
    asked = 0;
    answer: () => Promise<unknown> = async () => new Map();

    getReceivers(): unknown[] {
      return [];
    }

    getStats(): Promise<unknown> {
      this.asked++;
      return this.answer();
    }
  }

  const clock = new FakeClock();
  let connection: Stubborn;
  let watch: Watch;
  const open = (options: Partial<MonitorOptions> = {}): void => {
    connection = new Stubborn();
    watch = new Watch({ ann: connection as unknown as RTCPeerConnection }, { clock, ...options });
  };
  /** So many samples, each with time for its answer. */
  const samples = async (count: number): Promise<void> => {
    const answers = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
    await answers();
    for (let quarter = 0; quarter < count * 4; quarter++) {
      clock.advance(500);
      await answers();
    }
  };
  afterEach(() => {
    watch.monitor.release();
    expect(clock.pending).to.equal(0);
  });

  it('asks each connection once a sample', async () => {
    open();
    await samples(10);
    expect(connection.asked).to.equal(11);
  });

  it('does not ask again before it has an answer', async () => {
    open();
    await samples(1);
    let answer!: (report: unknown) => void;
    connection.answer = () => new Promise((resolve) => (answer = resolve));
    const { asked } = connection;
    await samples(5);
    expect(connection.asked).to.equal(asked + 1);
    answer(new Map());
    await samples(1);
    expect(connection.asked).to.equal(asked + 2);
  });

  it('goes on after a refusal', async () => {
    open();
    connection.answer = () => Promise.reject(new Error('closed'));
    await samples(2);
    connection.answer = async () => new Map();
    await samples(5);
    expect(watch.names).to.deep.equal(['no-media']);
  });

  it('asks nothing of a connection that is not up', async () => {
    open();
    await samples(1);
    const { asked } = connection;
    for (const state of ['disconnected', 'connecting', 'failed', 'closed', 'new']) {
      connection.connectionState = state;
      await samples(1);
    }
    expect(connection.asked).to.equal(asked);
  });

  it('goes on while an offer opens a further direction in Firefox', async () => {
    open();
    await samples(1);
    const { asked } = connection;
    connection.connectionState = 'connecting';
    await samples(2);
    expect(connection.asked).to.equal(asked + 2);
    expect(watch.last!.quality).not.to.equal(null);
  });

  it('forgets the figures of a connection as soon as there is another one', async () => {
    open();
    await samples(1);
    expect(watch.last!.quality).not.to.equal(null);
    watch.connections = { ann: Object.assign(new Stubborn(), { connectionState: 'new' }) as never };
    const { length } = watch.observed;
    await samples(2);
    expect(watch.observed.slice(length)).to.deep.equal([{ id: 'ann', quality: null, speaking: false }]);
  });

  it('ends the problems of a peer that leaves', async () => {
    open();
    await samples(4);
    expect(watch.names).to.deep.equal(['no-media']);
    watch.connections = {};
    await samples(1);
    expect(watch.names).to.deep.equal(['no-media', '-no-media']);
    expect(watch.issues[1]!.ended).to.be.greaterThan(watch.issues[1]!.since);
  });

  it('tells nothing after its release, not even of an answer that comes then', async () => {
    open();
    await samples(1);
    let answer!: (report: unknown) => void;
    connection.answer = () => new Promise((resolve) => (answer = resolve));
    await samples(1);
    const { length } = watch.observed;
    watch.monitor.release();
    answer(new Map([['i', { id: 'i', type: 'inbound-rtp', kind: 'audio', timestamp: 5, bytesReceived: 9 }]]));
    await samples(5);
    expect(watch.observed.length).to.equal(length);
    expect(watch.issues).to.deep.equal([]);
  });

  it('tells nothing more when it is released by what it tells', async () => {
    // With the fourth reading a problem begins.
    open({ observed: () => connection.asked === 4 && watch.monitor.release() });
    await samples(10);
    expect(connection.asked).to.equal(4);
    expect(watch.issues).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
  });

  it('keeps no report', async function () {
    const { gc } = globalThis as { gc?: () => void };
    // Only Chromium lets tests collect garbage; that old readings are not kept is tested in both.
    if (!gc) return this.skip();
    open();
    const reports: WeakRef<object>[] = [];
    connection.answer = async () => {
      const id = 'inbound';
      const report = new Map([[id, { id, type: 'inbound-rtp', kind: 'audio', timestamp: reports.length }]]);
      reports.push(new WeakRef(report), new WeakRef(report.get(id)!));
      return report;
    };
    await samples(50);
    await until(() => {
      gc();
      return reports.every((report) => !report.deref());
    }, 'all reports collected');
    expect(reports.length).to.be.greaterThan(90);
  });
});
