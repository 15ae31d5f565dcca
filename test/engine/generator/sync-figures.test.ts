import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { WRAP } from '../../../components/engine/generator/sync-code.js';
import { SyncTally, type SyncFigures } from '../../../components/engine/generator/sync-figures.js';

const START = 1_800_000_000_000;

/** Sees these pictures, made 33 ms apart by their numbers; `null` is one that cannot be read. */
function see(numbers: readonly (number | null)[], tally = new SyncTally(), latency = 50): SyncFigures {
  for (const number of numbers) {
    tally.picture(number === null ? null : { number: number % WRAP, sentAt: START + number * 33, latency });
  }
  return tally.figures;
}

const counts = ({ frames, lost, repeated, unreadable }: SyncFigures): number[] => [
  frames,
  lost,
  repeated,
  unreadable,
];

describe('SyncTally', () => {
  it('starts with nothing', () => {
    expect(new SyncTally().figures).to.deep.equal({
      last: null,
      frames: 0,
      lost: 0,
      repeated: 0,
      unreadable: 0,
      latency: null,
      latencyP95: null,
      beeps: 0,
      beepAt: null,
      offset: null,
    });
  });

  const cases: [string, (number | null)[], number[]][] = [
    ['all that came', [5, 6, 7], [3, 0, 0, 0]],
    ['what is missing as lost', [5, 8, 9, 11], [4, 3, 0, 0]],
    ['what came again as repeated', [5, 5, 6, 6, 6], [5, 0, 3, 0]],
    ['what cannot be read, and not as lost', [null, 5, null, null, 8, 10], [3, 1, 0, 3]],
    ['numbers that start over', [WRAP - 2, WRAP - 1, WRAP, WRAP + 2], [4, 1, 0, 0]],
  ];
  for (const [what, numbers, expected] of cases) {
    it(`counts ${what}`, () => expect(counts(see(numbers))).to.deep.equal(expected));
  }

  it('counts no loss where the sender begins anew', () => {
    const tally = new SyncTally();
    tally.picture({ number: 40_000, sentAt: START, latency: 1 });
    tally.picture({ number: 0, sentAt: START + 2000, latency: 1 });
    tally.picture({ number: 1, sentAt: START + 2033, latency: 1 });
    expect(counts(tally.figures)).to.deep.equal([3, 0, 0, 0]);
  });

  it('counts no loss for what was shown while the page did not look', () => {
    const tally = new SyncTally();
    tally.picture({ number: 1, sentAt: START, latency: 1 });
    tally.picture({ number: 5, sentAt: START + 133, latency: 1 }, 2);
    expect(counts(tally.figures)).to.deep.equal([2, 1, 0, 0]);
  });

  it('accounts for each picture that was sent once', function () {
    this.retries(0);
    const fates = fc.array(fc.constantFrom('seen', 'lost', 'unreadable', 'again'), { maxLength: 200 });
    fc.assert(
      fc.property(fc.nat(2 * WRAP), fates, (first, middle) => {
        const numbers = ['seen', ...middle, 'seen'].flatMap((fate, at) => {
          const number = first + at;
          return { seen: [number], lost: [], unreadable: [null], again: [number, number] }[fate]!;
        });
        const { frames, lost, repeated, unreadable } = see(numbers);
        expect(frames - repeated + lost + unreadable).to.equal(middle.length + 2);
        expect(lost).to.equal(middle.filter((fate) => fate === 'lost').length);
      }),
    );
  });

  it('knows the median and the 95th percentile of the latency of the last 300 pictures', () => {
    const tally = new SyncTally();
    see([0, 1, 2], tally, 9_999);
    for (let at = 1; at <= 300; at++) see([at + 5], tally, at);
    expect(tally.figures.latency).to.equal(150);
    expect(tally.figures.latencyP95).to.equal(285);
  });

  it('does not take the time of a repeated picture for a latency', () => {
    const tally = new SyncTally();
    see([1, 2, 3], tally, 40);
    see([3, 3, 3, 3], tally, 900);
    expect(tally.figures.latencyP95).to.equal(40);
  });

  for (const [sound, picture, offset] of [
    [80, 80, 0],
    [120, 80, 40],
    [20, 300, -280],
    [1900, 1850, 50],
  ] as const) {
    it(`finds the offset ${offset} ms of a sound ${sound} and a picture ${picture} ms late`, () => {
      const tally = new SyncTally();
      for (let second = 0; second < 5; second++) {
        const full = START + second * 1000;
        const events = [
          () => tally.picture({ number: second * 30, sentAt: full + 17, latency: picture }),
          () => tally.beep(full + sound),
        ];
        if (sound < picture) events.reverse();
        events.forEach((happen) => happen());
      }
      expect(tally.figures.offset).to.equal(offset);
      expect(tally.figures.beeps).to.equal(5);
      expect(tally.figures.beepAt).to.equal(START + 4000 + sound);
    });
  }

  it('compares no beep with a picture of long ago', () => {
    const tally = new SyncTally();
    tally.beep(START);
    tally.picture({ number: 1, sentAt: START, latency: 50 });
    tally.beep(START + 3050);
    expect([tally.figures.beeps, tally.figures.offset]).to.deep.equal([2, null]);
  });
});
