const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** Sizes of files, as a language writes them. */
export class Sizes {
  #locale: string | undefined;
  #formats: readonly Intl.NumberFormat[] = [];

  format(bytes: number, locale: string | undefined): string {
    if (locale !== this.#locale || this.#formats.length === 0) this.#formats = formatsOf(locale);
    this.#locale = locale;
    const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
    return this.#formats[power]!.format(bytes / 1000 ** power);
  }
}

const formatsOf = (locale: string | undefined): Intl.NumberFormat[] =>
  UNITS.map((unit, power) => {
    const [unitDisplay, maximumFractionDigits] = [power ? 'short' : 'long', power > 1 ? 1 : 0] as const;
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay, maximumFractionDigits });
  });
