import { expect } from '@open-wc/testing';
import { figures, indexOf, valuesOf } from '../../components/call-stats/figures.js';
import { Formats } from '../../components/call-stats/formats.js';
import { History, LENGTH } from '../../components/call-stats/history.js';
import { pathOf, roundUp, topOf } from '../../components/call-stats/plot.js';
import { longestRoundTrip, Records, worstScore } from '../../components/call-stats/records.js';
import { report } from '../../components/call-stats/report.js';
import { strings } from '../../components/call-stats/call-stats.strings.js';
import { madePeer, madeState } from '../peer-call/made.js';
import { media, quality } from './measured.js';

const text = (key: string, values: Readonly<Record<string, unknown>> = {}): string =>
  (strings as Record<string, string>)[key]!.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]));

describe('the figures of a call', () => {
  it('are one line each, or those of both directions', () => {
    expect(valuesOf(quality())).to.deep.equal([1_200_000, 640_000, 0.045, 0.012, null, 30, 15, 720, 360]);
    expect(valuesOf(null)).to.deep.equal(Array(9).fill(null));
    expect(figures.map(indexOf)).to.deep.equal([0, 2, 3, 5, 7]);
  });

  it('are written in the language of the page', () => {
    const english = new Formats('en', text);
    const now = (name: string): readonly (string | null)[] =>
      english.values(
        figures.find((figure) => figure.name === name)!,
        quality(),
      );
    expect(now('bitrate')[0]).to.match(/^1\.2/);
    expect(now('bitrate')[1]).to.match(/^640/);
    expect(now('round-trip')).to.deep.equal(['45 ms']);
    expect(now('loss')).to.deep.equal(['1.2%', null]);
    expect(now('frame-rate')).to.deep.equal(['30 fps', '15 fps']);
    expect(now('resolution')).to.deep.equal(['1280 × 720', '640 × 360']);
    expect(new Formats('de', text).value('bitrate', 1_240_000)).to.match(/^1,2/);
    expect(new Formats('no language', text).value('loss', 0.5)).to.contain('50');
  });

  it('say by which way they come', () => {
    const formats = new Formats('en', text);
    const pair = quality().candidatePair!;
    expect(formats.path(pair)).to.equal('direct, UDP');
    expect(formats.path({ ...pair, local: 'relay', relayProtocol: 'tls' })).to.equal('by relay, TLS');
    expect(formats.path({ ...pair, remote: 'relay' })).to.equal('by relay, UDP');
  });
});

describe('the history of a connection', () => {
  const values = ({ points }: History): (number | null)[] => points.map(({ values: [first] }) => first!);

  it('has a point for each sample, and the last ones alone', () => {
    const history = new History();
    // As timers are, a little early and late.
    for (let at = 0; at < LENGTH + 10; at++) history.add([at], at * 2000 + (at % 3) * 40 - 40, 2000);
    expect(values(history)).to.deep.equal(Array.from({ length: LENGTH }, (_, at) => at + 10));
  });

  it('has the mean of what comes within a longer interval', () => {
    const history = new History();
    for (const [at, value] of [10, 20, null, 30, 7].entries()) history.add([value, null], at * 2000, 8000);
    expect(history.points).to.deep.equal([
      { at: 0, values: [20, null] },
      { at: 8000, values: [7, null] },
    ]);
  });

  it('goes on for a member who stays, and begins for one who comes back', () => {
    const records = new Records();
    const take = (at: number, ...ids: string[]): boolean =>
      records.take(
        ids.map((id) => madePeer(id, { quality: quality() })),
        at,
        2000,
      );
    const lengths = (): number[] => records.all.map(({ history: { points } }) => points.length);
    expect(take(0, 'a', 'b')).to.equal(true);
    take(2000, 'a');
    expect(lengths()).to.deep.equal([2]);
    take(4000, 'b', 'a');
    expect(lengths()).to.deep.equal([1, 3]);
    const same = records.all.map(({ peer }) => peer);
    expect(records.take([...same], 6000, 2000), 'nothing new').to.equal(false);
    expect(lengths()).to.deep.equal([1, 3]);
    const speaks = same.map((peer) => ({ ...peer, speaking: true }));
    expect(records.take(speaks, 6000, 2000), 'nothing to show').to.equal(false);
    const lost = same.map((peer) => ({ ...peer, status: 'reconnecting' as const, quality: null }));
    expect(records.take(lost, 8000, 2000)).to.equal(true);
    expect(records.all[0]!.history.points.at(-1)!.values[0]).to.equal(null);
  });
});

describe('a plot', () => {
  it('reaches to a round value above all that is in it', () => {
    expect([1, 1.1, 2.5, 4, 7, 0.3, 0.07, 1_234_567].map(roundUp).map(String)).to.deep.equal(
      [1, 2, 3, 5, 10, 0.3, 0.1, 2_000_000].map((value) => String(roundUp(value))),
    );
    expect(roundUp(4)).to.equal(5);
    expect(roundUp(0.1 + 0.2)).to.be.closeTo(0.3, 1e-9);
    const points = [{ at: 0, values: [10, 700, null] }];
    expect([topOf(points, [0, 1], 100), topOf(points, [0], 100), topOf(points, [2], 100)]).to.deep.equal([
      1000, 100, 100,
    ]);
  });

  it('ends at the right edge, as far back as it is in time', () => {
    const points = [0, 50, 100].map((value, at) => ({ at: at * 2000, values: [value] }));
    expect(pathOf(points, 0, 100, 2000)).to.equal('M1159 320h0L1180 160L1200 0');
    expect(pathOf([], 0, 100, 2000)).to.equal('');
  });

  it('has one stretch of what stays level', () => {
    const points = [1, 1, 1, 2, 2, null, 2].map((value, at) => ({ at: at * 2000, values: [value] }));
    expect(pathOf(points, 0, 4, 2000)).to.equal('M1078 240h0H1119L1139 160H1159M1200 160h0');
  });

  it('has holes where nothing is known', () => {
    const of = (...times: readonly (readonly [at: number, value: number | null])[]): string =>
      pathOf(
        times.map(([at, value]) => ({ at, values: [value] })),
        0,
        100,
        2000,
      ).replace(/[\d. ]+(?=[ML]|$|h)/g, '');
    expect(of([0, 1], [2000, null], [2100, 1]), 'a null').to.match(/^M.*M/);
    expect(of([0, 1], [20_000, 1]), 'a long time').to.match(/^M.*M/);
    expect(of([0, 1], [2300, 2]), 'a late one').to.match(/^M[^M]*L[^M]*$/);
  });
});

describe('how well the worst connection works', () => {
  it('is the least of what is known', () => {
    const of = (...peers: Parameters<typeof madePeer>[1][]): string =>
      worstScore(peers.map((changes, at) => madePeer(String(at), changes)));
    const [good, fair] = [{ quality: quality() }, { quality: quality({ score: 'fair' }) }];
    expect(of()).to.equal('none');
    expect(of({}, { status: 'connecting' })).to.equal('none');
    expect(of(good, {})).to.equal('good');
    expect(of(good, fair)).to.equal('fair');
    for (const status of ['reconnecting', 'offline', 'failed'] as const)
      expect(of(good, { status }), status).to.equal('poor');
  });

  it('has the longest way', () => {
    expect(longestRoundTrip([])).to.equal(null);
    const peers = [0.1, null, 0.3].map((roundTrip, at) =>
      madePeer(String(at), { quality: quality({ roundTrip }) }),
    );
    expect(longestRoundTrip(peers)).to.equal(0.3);
  });
});

describe('a report for a bug', () => {
  const circumstances = { date: new Date(0), now: 65_000, browser: 'Test/1' };

  it('says that there is no call', () => {
    expect(report(null, [], circumstances)).to.equal(
      'Call figures, 1970-01-01T00:00:00.000Z\nBrowser: Test/1\nCall: none',
    );
  });

  it('has all figures, and nothing that a stranger must not read', () => {
    const records = new Records();
    const peer = (bitrate: number): ReturnType<typeof madePeer> =>
      madePeer('b2', { name: 'Secret Name', quality: quality({ received: media({ bitrate }) }) });
    records.take([peer(1_000_000)], 1000, 2000);
    records.take([peer(2_000_000)], 3000, 2000);
    const state = madeState({
      localId: 'a1',
      peers: records.all.map((record) => record.peer),
      issues: [
        {
          name: 'flooding',
          peerId: 'b2',
          since: 60_000,
          ended: null,
          count: 1,
          message: 'Secret Name sent too much.',
        },
        { name: 'silent-microphone', peerId: null, since: 55_000, ended: null, count: 1, message: '' },
      ],
    });
    const written = report(state, records.all, circumstances);
    expect(written).not.to.contain('Secret');
    const lines = written.split('\n');
    expect(lines).to.include('Call: connected, own id a1, 1 others');
    expect(lines).to.include('Sending: microphone on, camera on, screen off');
    expect(lines).to.include('Problem: flooding, b2, for 5 s');
    expect(lines).to.include('Problem: silent-microphone, own, for 10 s');
    expect(lines).to.include('Peer b2: connected, good');
    expect(lines).to.include('  path: host to srflx over udp');
    expect(lines).to.include('  received: opus VP8, 1280 x 720, jitter 4 ms');
    expect(lines).to.include('  network estimate: 2500 kbit/s');
    const row = (title: string): string[] =>
      lines
        .find((line) => line.trim().startsWith(title))!
        .trim()
        .split(/ {2,}/);
    expect(row('over')).to.deep.equal(['over 2 s', 'now', 'least', 'mean', 'most']);
    expect(row('bitrate received')).to.deep.equal([
      'bitrate received, kbit/s',
      '2000',
      '1000',
      '1500',
      '2000',
    ]);
    expect(row('loss sent')).to.deep.equal(['loss sent, %', '-', '-', '-', '-']);
    expect(row('round-trip')).to.deep.equal(['round-trip, ms', '45', '45', '45', '45']);
  });

  it('says so where nothing was measured yet', () => {
    const records = new Records();
    records.take([madePeer('b2', { status: 'connecting' })], 0, 2000);
    const written = report(madeState({ status: 'connecting', reachable: false }), records.all, circumstances);
    expect(written).to.contain('Peer b2: connecting, no figures');
    expect(written).to.contain('Room: out of reach');
  });
});
