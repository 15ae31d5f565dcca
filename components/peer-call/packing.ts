/**
 * The shapes, width to height, of the box that the tiles share. The styles tell them apart with container queries and
 * take the columns of the nearest; a box between two of them loses a little room, never a tile.
 */
const shapes = { pillar: 0.35, tall: 0.62, upright: 0.88, square: 1.15, wide: 16 / 9, strip: 3.4 };

/** The number of columns that makes `count` tiles of 16:9 largest in a box that is `shape` times as wide as high. */
export function columnsFor(count: number, shape: number): number {
  let [best, widest] = [1, 0];
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = Math.min(1 / columns, 16 / 9 / (shape * rows));
    // Of two that are as good, the one with fewer rows; a hair's breadth is no difference.
    if (width > widest - 1e-9) [best, widest] = [columns, width];
  }
  return best;
}

/** Tells the styles how many tiles `box` holds, and in how many columns for each shape. */
export function pack(box: HTMLElement): void {
  const count = String(box.childElementCount);
  if (box.style.getPropertyValue('--_count') === count) return;
  box.style.setProperty('--_count', count);
  for (const [name, shape] of Object.entries(shapes)) {
    box.style.setProperty(`--_${name}`, String(columnsFor(Number(count), shape)));
  }
}
