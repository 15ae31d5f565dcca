/** Minutes and seconds, and hours where there are any: `1:02:03`. */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** The same for machines: `PT62S`. */
export const isoDuration = (seconds: number): string => `PT${Math.floor(seconds)}S`;

/** Megabytes, as a language writes them. */
export function megabytes(bytes: number, locale: string | undefined): string {
  const [unit, fraction] = bytes < 1e9 ? (['megabyte', 1] as const) : (['gigabyte', 2] as const);
  const format = {
    style: 'unit',
    unit,
    minimumFractionDigits: fraction,
    maximumFractionDigits: fraction,
  } as const;
  return new Intl.NumberFormat(locale, format).format(bytes / (unit === 'megabyte' ? 1e6 : 1e9));
}
