/** Minutes and seconds, and hours where there are any: `1:02:03`. */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** The same for machines: `PT62S`. */
export const isoDuration = (seconds: number): string => `PT${Math.floor(seconds)}S`;

const units = ['kilobyte', 'megabyte', 'gigabyte'] as const;

/** Bytes in words, as a language writes them. */
export function sizeInWords(bytes: number, locale: string | undefined): string {
  const power = bytes < 1e6 ? 0 : bytes < 1e9 ? 1 : 2;
  const digits = { minimumFractionDigits: power, maximumFractionDigits: power };
  const format = new Intl.NumberFormat(locale, { style: 'unit', unit: units[power], ...digits });
  return format.format(bytes / 1000 ** (power + 1));
}
