/** A place in a picture, in whole pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A part of a picture, in whole pixels. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** The least box in whole pixels, with a margin for soft edges, around one that is not. */
export function boxAround(x: number, y: number, width: number, height: number): Box {
  const [left, top] = [Math.floor(x) - 1, Math.floor(y) - 1];
  return { x: left, y: top, width: Math.ceil(x + width) + 1 - left, height: Math.ceil(y + height) + 1 - top };
}

/** The least box of even numbers around one. */
export function evenBox({ x, y, width, height }: Box): Box {
  const even = (from: number, length: number): readonly [number, number] => {
    const start = 2 * Math.floor(from / 2);
    return [start, 2 * Math.ceil((from + length) / 2) - start];
  };
  const [[left, columns], [top, rows]] = [even(x, width), even(y, height)];
  return { x: left, y: top, width: columns, height: rows };
}

/** What two boxes have in common, or null. */
export function overlap(one: Box, other: Box): Box | null {
  const [x, y] = [Math.max(one.x, other.x), Math.max(one.y, other.y)];
  const width = Math.min(one.x + one.width, other.x + other.width) - x;
  const height = Math.min(one.y + one.height, other.y + other.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

/** A part of a picture, and where it goes. */
export interface Piece {
  readonly from: Box;
  readonly to: Point;
}

/** The pieces of a picture that is moved left and up by as much: what leaves comes back on the other side. */
export function rolled(width: number, height: number, { x, y }: Point): readonly Piece[] {
  const parts = (size: number, shift: number): (readonly [from: number, length: number, to: number])[] => [
    [shift, size - shift, 0],
    [0, shift, size - shift],
  ];
  return parts(height, y).flatMap(([top, rows, toY]) =>
    parts(width, x)
      .filter(([, columns]) => columns > 0 && rows > 0)
      .map(([left, columns, toX]) => ({
        from: { x: left, y: top, width: columns, height: rows },
        to: { x: toX, y: toY },
      })),
  );
}
