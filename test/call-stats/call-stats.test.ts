import { expect } from '@open-wc/testing';
import type { CallStats } from '../../components/call-stats/call-stats.js';
import type { ScoreChangeEvent } from '../../components/call-stats/call-stats.events.js';
import '../../components/peer-call/define.js';
import { connectedPair, stop } from '../peer-call/calls.js';
import { madePeer } from '../peer-call/made.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import { warningsOf } from '../support/warnings.js';
import {
  addMeasured,
  addStats,
  media,
  quality,
  query,
  queryAll,
  table,
  words,
  type MeasuredCall,
} from './measured.js';

const standing: { call?: MeasuredCall } = {};

/** What the tile of a figure reads. */
const tile = (stats: CallStats, label: string): string =>
  words(queryAll(stats, '.figure').find((one) => words(one).startsWith(label)) ?? null);

describe('<call-stats>', () => {
  // It owns nothing: that it follows a call stands for a stream.
  standingTests<CallStats>({
    tag: 'call-stats',
    define: () => import('../../components/call-stats/define.js'),
    early: ['interval', 8000],
    surroundings: async () => {
      standing.call?.remove();
      standing.call = addMeasured();
      standing.call.measures({ Ann: quality(), Ben: quality({ score: 'fair' }) });
    },
    start: async (stats) => {
      stats.htmlFor = standing.call!.id;
      await until(() => query(stats, '.peer') && !stats.matches(':state(empty)'), 'figures');
    },
    stream: (stats) => query(stats, '.peer') as unknown as MediaStream | null,
    released: (stats) => stats.matches(':state(empty)'),
    facts: ['score-change'],
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
  });

  describe('defaults', () => {
    it('says that there is nothing to measure', async () => {
      const { stats } = await addStats();
      expect([stats.interval, stats.compact, stats.score]).to.deep.equal([2000, false, 'none']);
      expect(words(query(stats, '.empty'))).to.equal('Nobody is connected, so there is nothing to measure');
      expect(stats.matches(':state(empty)')).to.equal(true);
      expect(stats.snapshot()).to.contain('0 others');
    });

    it('is in order where there is no call at all', async () => {
      const stats = document.createElement('call-stats');
      expect(stats.snapshot()).to.contain('Call: none');
      document.body.append(stats);
      await stats.updateComplete;
      await expect(stats).to.be.accessible();
    });
  });

  describe('a call', () => {
    it('is shown as it measures itself, and is not measured twice', async function () {
      this.timeout(60_000);
      const asked = { times: 0 };
      const { getStats } = RTCPeerConnection.prototype;
      const [one, two] = await connectedPair({ id: 'one' }, {});
      const stats = document.createElement('call-stats');
      stats.htmlFor = 'one';
      document.body.append(stats);
      await until(() => stats.score !== 'none' && query(stats, '.plot .received'), 'figures', 30_000);
      RTCPeerConnection.prototype.getStats = function (this: RTCPeerConnection, ...given: []) {
        asked.times++;
        return getStats.apply(this, given);
      } as typeof getStats;
      try {
        const before = one.peers[0]!.quality;
        await until(() => one.peers[0]!.quality !== before, 'other figures', 30_000);
        // One for each end of the call; the other end may be asked once more.
        expect(asked.times).to.be.within(1, 3);
      } finally {
        RTCPeerConnection.prototype.getStats = getStats;
      }
      await until(() => /Codecs ↓ .*opus/.test(tile(stats, 'Codecs')), 'codecs', 30_000);
      expect(tile(stats, 'Resolution')).to.match(/↓ \d+ × \d+ ↑ \d+ × \d+/);
      expect(tile(stats, 'Path')).to.match(/direct, UDP/);
      expect(words(query(stats, '.who'))).to.equal('Ben');
      expect(stats.snapshot()).to.match(/Peer \S+: connected, (good|fair|poor)/);
      expect(stats.snapshot()).not.to.contain('Ben');
      two.leave();
      await until(() => stats.matches(':state(empty)'), 'nobody');
      stop(one.srcObject, two.srcObject);
    });

    it('has a plot for each figure of each member', async () => {
      const { call, stats } = await addStats();
      call.measures({ Ann: quality(), Ben: quality({ score: 'poor', sent: media({ frameRate: 0 }) }) });
      await until(() => queryAll(stats, '.peer').length === 2, 'both');
      expect(queryAll(stats, '.peer:first-child svg .received, .peer:first-child svg .sent').length).to.equal(
        9,
      );
      expect(tile(stats, 'Bitrate')).to.match(/^Bitrate up to 2\D.* ↓ 1\.2\D.* ↑ 640\D/);
      expect(tile(stats, 'Loss')).to.equal('Loss up to 5% ↓ 1.2% ↑ –');
      expect(tile(stats, 'Round trip')).to.equal('Round trip up to 100 ms 45 ms');
      expect(tile(stats, 'Resolution')).to.equal('Resolution up to 1,000 px ↓ 1280 × 720 ↑ 640 × 360');
      expect(tile(stats, 'Codecs')).to.equal('Codecs ↓ opus, VP8 ↑ opus, VP8');
      // The width stays before the height where one reads from the right.
      expect(queryAll(stats, 'bdi').map(words)).to.include('1280 × 720');
      expect(queryAll(stats, '.head').map(words)).to.deep.equal([
        'Ann Good connection',
        'Ben Poor connection',
      ]);
    });

    it('keeps what was, and shows what happens', async () => {
      const { call, stats } = await addStats();
      call.measures({ Ann: quality() });
      await until(() => query(stats, '.peer'), 'figures');
      const first = query(stats, '.peer')!;
      call.measures({ Ann: quality({ roundTrip: 0.2 }) });
      await until(() => tile(stats, 'Round trip').includes('200 ms'), 'other figures');
      call.become({ peers: [madePeer('ann', { name: 'Ann', status: 'reconnecting' })] });
      await until(() => words(query(stats, '.head')) === 'Ann Reconnecting…', 'told');
      expect([query(stats, '.peer') === first, tile(stats, 'Round trip')]).to.deep.equal([
        true,
        'Round trip up to 200 ms –',
      ]);
      expect(stats.snapshot()).to.contain('Peer ann: reconnecting, no figures');
      call.become({ status: 'left' });
      await until(() => query(stats, '.empty'), 'nobody');
    });

    it('is another one after a move into it', async () => {
      const { call, stats } = await addStats({ htmlFor: null });
      const other = addMeasured();
      call.measures({ Ann: quality() });
      other.measures({ Zoe: quality() });
      for (const [around, name] of [
        [call, 'Ann'],
        [other, 'Zoe'],
      ] as const) {
        (around as unknown as { moveBefore(node: Node, child: null): void }).moveBefore(stats, null);
        await until(() => words(query(stats, '.who')) === name, name);
      }
    });

    it('may be another one', async () => {
      const { call, stats } = await addStats();
      const other = addMeasured();
      other.measures({ Zoe: quality() });
      call.measures({ Ann: quality() });
      stats.htmlFor = other.id;
      await until(() => words(query(stats, '.who')) === 'Zoe', 'the other');
      call.measures({ Ann: quality(), Ben: quality() });
      expect(stats.snapshot()).to.contain('1 others');
    });
  });

  describe('properties and attributes', () => {
    it('draws what is measured together at once', async () => {
      const { call, stats } = await addStats();
      let drawn = 0;
      const { performUpdate } = stats as any;
      Object.assign(stats, {
        performUpdate() {
          drawn++;
          performUpdate.call(this);
        },
      });
      for (const names of [['A'], ['A', 'B'], ['A', 'B', 'C']])
        call.measures(Object.fromEntries(names.map((name) => [name, quality()])));
      await until(() => queryAll(stats, '.peer').length === 3, 'all');
      expect(drawn).to.equal(1);
    });

    it('takes the interval for 2 s where it is shorter, or none', async () => {
      for (const interval of ['soon', '-1', '10']) {
        const { call, stats } = await addStats();
        stats.setAttribute('interval', interval);
        call.measures({ Ann: quality() });
        await until(() => query(stats, '.plot .received')?.getAttribute('d') === 'M1200 128h0', interval);
      }
    });

    it('warns of an interval that is none, or too short', async () => {
      for (const interval of ['soon', '10']) {
        const { stats } = await addStats();
        const warnings = await warningsOf(() => {
          stats.setAttribute('interval', interval);
          return stats.updateComplete;
        });
        expect(warnings).to.deep.equal([
          `<call-stats>: interval="${interval}" is not a number from 2000; 2000 is used.`,
        ]);
      }
    });

    it('is a badge with compact', async () => {
      const { call, stats } = await addStats({ compact: true });
      expect(words(query(stats, '.badge'))).to.equal('No figures yet');
      call.measures({ Ann: quality(), Ben: quality({ score: 'fair', roundTrip: 0.32 }) });
      await until(() => words(query(stats, '.badge')) === 'Fair connection 320 ms', 'the worst');
      // The number stays before its unit where one reads from the right.
      expect(queryAll(stats, 'bdi').map(words)).to.deep.equal(['320 ms']);
      expect([query(stats, 'table') === null, stats.getBoundingClientRect().width < 300]).to.deep.equal([
        true,
        true,
      ]);
    });

    it('uses the words and the language that it is given', async () => {
      const { call, stats } = await addStats({ strings: { bitrate: 'Datenrate', 'quality-good': 'Gut' } });
      stats.lang = 'de';
      call.measures({ Ann: quality() });
      await until(() => tile(stats, 'Datenrate').includes('1,2'), 'German');
      expect(words(query(stats, '.head'))).to.equal('Ann Gut');
    });

    it('treats a name as text', async () => {
      const { call, stats } = await addStats();
      call.measures({ '<img src=x onerror=alert(1)>': quality(), '': quality() });
      await until(() => queryAll(stats, '.peer').length === 2, 'both');
      expect([query(stats, 'img') === null, queryAll(stats, '.who').map(words)]).to.deep.equal([
        true,
        ['<img src=x onerror=alert(1)>', 'Guest'],
      ]);
    });
  });

  describe('events', () => {
    it('tells when the worst connection is another', async () => {
      const { call, stats } = await addStats();
      const told: string[] = [];
      stats.addEventListener('score-change', ({ score }: ScoreChangeEvent) => told.push(score));
      call.measures({ Ann: quality() });
      call.measures({ Ann: quality() });
      call.measures({ Ann: quality(), Ben: quality({ score: 'poor' }) });
      call.become({ peers: [] });
      expect(told).to.deep.equal(['good', 'poor', 'none']);
    });
  });

  describe('slots and parts', () => {
    it('has its parts', async () => {
      const { call, stats } = await addStats();
      call.measures({ Ann: quality() });
      await until(() => query(stats, '[part="peer"] [part="plot"]'), 'the parts');
      stats.compact = true;
      await stats.updateComplete;
      expect(query(stats, '[part="badge"]') !== null).to.equal(true);
    });
  });

  describe('states', () => {
    it('follows the worst connection', async () => {
      const { call, stats } = await addStats();
      for (const score of ['good', 'fair', 'poor'] as const) {
        call.measures({ Ann: quality({ score }) });
        await until(() => stats.matches(`:state(${score})`), score);
      }
      expect(stats.matches(':state(good), :state(fair), :state(empty)')).to.equal(false);
    });

    it('needs no more than 200 pixels', async () => {
      const { call, stats } = await addStats();
      stats.style.inlineSize = '200px';
      call.measures({ ['A very long name '.repeat(9)]: quality() });
      await until(() => query(stats, '.peer'), 'figures');
      const { left, right } = stats.getBoundingClientRect();
      const outside = queryAll(stats, '.peers, .peers *').filter((one) => {
        const box = one.getBoundingClientRect();
        return (
          one.localName !== 'path' && box.width > 0 && (box.right > right + 0.5 || box.left < left - 0.5)
        );
      });
      expect(outside.map(({ className }) => String(className))).to.deep.equal([]);
    });
  });

  describe('accessibility', () => {
    for (const scheme of ['light', 'dark']) {
      it(`is clean by the rules of axe: ${scheme}`, async () => {
        document.documentElement.style.colorScheme = scheme;
        const { call, stats } = await addStats();
        await expect(stats).to.be.accessible();
        call.measures({
          Ann: quality(),
          Ben: quality({ score: 'fair' }),
          Cid: quality({ score: 'poor' }),
          Dan: null,
        });
        await until(() => queryAll(stats, '.peer').length === 4, 'all');
        await expect(stats).to.be.accessible();
        // Contrast is not looked at where nothing is told.
        query(stats, '.peers')!.removeAttribute('aria-hidden');
        await expect(stats).to.be.accessible();
        for (const score of ['good', 'fair', 'poor'] as const) {
          const badge = await addStats({ compact: true });
          badge.call.measures({ Ann: quality({ score }) });
          await until(() => badge.stats.matches(`:state(${score})`), score);
          await expect(badge.stats).to.be.accessible();
        }
        document.documentElement.style.colorScheme = '';
      });
    }

    it('says the same in a table', async () => {
      const { call, stats } = await addStats();
      call.measures({ Ann: quality(), Ben: null });
      await until(() => query(stats, 'table'), 'the table');
      const rows = table(stats);
      expect(rows[0]).to.deep.equal(['', 'Ann', 'Ben']);
      expect(rows.map(([title]) => title)).to.deep.equal([
        '',
        'Connection',
        'Bitrate, received',
        'Bitrate, sent',
        'Round trip',
        'Loss, received',
        'Loss, sent',
        'Frame rate, received',
        'Frame rate, sent',
        'Resolution, received',
        'Resolution, sent',
        'Codecs, received',
        'Codecs, sent',
        'Path',
      ]);
      const of = (title: string): string[] => rows.find(([first]) => first === title)!.slice(1);
      expect(of('Connection')).to.deep.equal(['Good connection', 'No figures yet']);
      expect(of('Frame rate, sent')).to.deep.equal(['15 fps', 'unknown']);
      expect(of('Loss, sent')).to.deep.equal(['unknown', 'unknown']);
      expect(of('Path')).to.deep.equal(['direct, UDP', 'unknown']);
      expect(query(stats, '[aria-live], [role="status"]') === null, 'nothing is announced').to.equal(true);
      expect(query(stats, 'caption')!.textContent!.trim()).to.equal('Connection figures');
    });
  });

  describe('lifecycle', () => {
    it('shows nothing any longer of a call that is gone', async () => {
      const { call, stats } = await addStats();
      call.measures({ Ann: quality() });
      await until(() => query(stats, '.peer') && stats.matches(':state(good)'), 'figures');
      call.remove();
      await until(() => !query(stats, '.peer') && !stats.matches(':state(good)'), 'none');
    });

    it('keeps its plots when it is moved, and begins anew after it was gone', async () => {
      const { call, stats } = await addStats();
      call.measures({ Ann: quality() });
      await until(() => query(stats, '.peer'), 'figures');
      for (let times = 0; times < 3; times++) document.body.append(stats);
      await stats.updateComplete;
      const changed = nextEvent<ScoreChangeEvent>(stats, 'score-change');
      call.measures({ Ann: quality({ score: 'poor' }) });
      expect((await changed).score).to.equal('poor');
      stats.remove();
      await until(() => stats.matches(':state(empty)'), 'released');
      call.measures({ Ann: quality(), Ben: quality() });
      await afterGrace();
      expect([stats.score, query(stats, '.peer') === null]).to.deep.equal(['none', true]);
      document.body.append(stats);
      await until(() => queryAll(stats, '.peer').length === 2, 'again');
    });
  });
});
