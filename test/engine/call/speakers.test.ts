import { expect } from '@open-wc/testing';
import { beginVoice, chooseSpeaker, hear, type Voice } from '../../../components/engine/call/speakers.js';

/** A voice with these levels, one look each 200 ms. */
function voice(levels: readonly number[], every = 200): Voice {
  return levels.reduce((before, level, at) => hear(before, level, (at + 1) * every), beginVoice(0));
}
const speaks = (...levels: number[]): boolean => voice(levels).speaking;
const times = (count: number, ...levels: number[]): number[] =>
  Array.from({ length: count }, () => levels).flat();

describe('a voice', () => {
  it('speaks from the second loud look on', () => {
    expect(speaks(0.1)).to.equal(false);
    expect(speaks(0.1, 0.1)).to.equal(true);
  });

  it('is no knock at the door', () => {
    expect(speaks(0, 0.9, 0, 0.9, 0, 0.9)).to.equal(false);
  });

  it('is no noise of a room', () => {
    expect(speaks(...times(50, 0.015))).to.equal(false);
  });

  it('goes on through the pauses between words, and softly', () => {
    expect(speaks(...times(20, 0.1, 0.1, 0, 0, 0.05, 0))).to.equal(true);
    expect(speaks(0.1, 0.1, ...times(20, 0.015))).to.equal(true);
  });

  it('ends after a second of silence, and once', () => {
    const silence = [0, 0, 0, 0, 0];
    expect(speaks(0.1, 0.1, ...silence.slice(1))).to.equal(true);
    expect(speaks(0.1, 0.1, ...silence)).to.equal(false);
    const changes = times(10, 0.1, 0.1, 0.1, 0, 0, 0, 0, 0, 0, 0).map((_, at, all) =>
      speaks(...all.slice(0, at)),
    );
    expect(changes.filter((now, at) => at > 0 && now !== changes[at - 1]).length).to.equal(20);
  });

  it('is followed with the slow timers of a hidden tab', () => {
    expect(voice([0.1, 0.1], 1000).speaking).to.equal(true);
    expect(voice([0.1, 0.1, 0.1, 0], 1000).speaking).to.equal(false);
  });
});

describe('the speaker', () => {
  const loud = voice(times(20, 0.2));
  const louder = voice(times(20, 0.28));
  const loudest = voice(times(20, 0.5));
  const silent = voice([]);
  const choose = (current: string | null, voices: Record<string, Voice>): string | null =>
    chooseSpeaker(current, new Map(Object.entries(voices)));

  it('is the loudest of those who speak', () => {
    expect(choose(null, { a: silent, b: loud, c: loudest, d: louder })).to.equal('c');
  });

  it('is nobody while nobody speaks, or when the speaker has left', () => {
    expect(choose('a', { a: silent })).to.equal(null);
    expect(choose('a', {})).to.equal(null);
  });

  it('stays until somebody is clearly louder', () => {
    expect(choose('a', { a: loud, b: louder })).to.equal('a');
    expect(choose('a', { a: loud, b: loudest })).to.equal('b');
    expect(choose('a', { a: loud, b: louder, c: loudest })).to.equal('c');
  });

  it('is the next one as soon as the speaker is silent', () => {
    expect(choose('a', { a: silent, b: loud })).to.equal('b');
  });

  it('is not changed by a short interruption', () => {
    const interrupter = voice([0.4, 0.4]);
    expect(interrupter.speaking).to.equal(true);
    expect(choose('a', { a: loud, b: interrupter })).to.equal('a');
  });
});
