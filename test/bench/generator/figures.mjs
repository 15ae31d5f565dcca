/** The middle of some numbers. */
export function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2;
}

/** To so many places behind the point. */
export function round(number, places = 2) {
  return Number(number.toFixed(places));
}

/** One line of the table. */
export function line({ against, measured, aim, met }) {
  return { against, measured, aim, 'met?': met ? 'yes' : 'NO' };
}

/** The median of each figure of all that were measured, and all of them under `rounds`. */
export function summaryOf(all) {
  const names = Object.keys(all[0]).filter((name) => typeof all[0][name] === 'number');
  const medians = names.map((name) => [name, median(all.map((figures) => figures[name]))]);
  return { ...all[0], ...Object.fromEntries(medians), rounds: all };
}

/**
 * Measures each side once a round, in the reverse order every other round. Answers, for each side, the summary of
 * what `measure` answers.
 */
export async function interleave(sides, rounds, measure) {
  const taken = {};
  for (let round = 0; round < rounds; round++) {
    for (const side of round % 2 ? [...sides].reverse() : sides) {
      const figures = await measure(side);
      (taken[side] ??= []).push(figures);
    }
  }
  return Object.fromEntries(Object.entries(taken).map(([side, all]) => [side, summaryOf(all)]));
}
