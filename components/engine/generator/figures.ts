import type { Cell, Moment } from './artwork.js';

/** A whole number of as many digits at least. */
export const digits = (value: number, count: number): string =>
  String(Math.floor(value)).padStart(count, '0');

/** HH:MM:SS on this machine's clock, of a wall-clock time in ms. */
export function timeOfDay(time: number): string {
  const now = new Date(time);
  return [now.getHours(), now.getMinutes(), now.getSeconds()].map((value) => digits(value, 2)).join(':');
}

/** A line of text, around a place and in a height in pixels, of which each character is a cell: few of them change at once. */
export function figures(
  x: number,
  y: number,
  size: number,
  color: string,
  length: number,
  text: (moment: Moment) => string,
): Cell[] {
  const cell = size * 0.62;
  const even = (value: number): number => 2 * Math.round(value / 2);
  const column = (index: number): number => even(x + (index - length / 2) * cell);
  const [top, bottom] = [even(y - size * 0.55), even(y + size * 0.55)];
  let last: Moment | undefined;
  let whole = '';
  const character = (moment: Moment, index: number): string => {
    if (moment !== last) whole = text((last = moment));
    return whole[index] ?? '';
  };
  return Array.from({ length }, (_, index) => {
    const [left, right] = [column(index), column(index + 1)];
    return {
      box: { x: left, y: top, width: right - left, height: bottom - top },
      content: (moment) => character(moment, index),
      draw(surface, content) {
        surface.textAlign = 'center';
        surface.textBaseline = 'middle';
        surface.fillStyle = color;
        surface.font = `600 ${size}px ui-monospace, monospace`;
        surface.fillText(content, (left + right) / 2, y, right - left);
      },
    };
  });
}
