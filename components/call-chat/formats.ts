import { localeOf } from '../internal/language.js';

/** Times and lists in the language of a page. */
export class Formats {
  /** The language as it was given. */
  readonly language: string;
  /** Undefined, which is that of the browser, where the page gives none that is any. */
  readonly locale: string | undefined;
  readonly #time: Intl.DateTimeFormat;
  readonly #list: Intl.ListFormat;

  constructor(language: string) {
    this.language = language;
    this.locale = localeOf(language);
    this.#time = new Intl.DateTimeFormat(this.locale, { timeStyle: 'short' });
    this.#list = new Intl.ListFormat(this.locale);
  }

  time(date: Date): string {
    return this.#time.format(date);
  }

  list(words: readonly string[]): string {
    return this.#list.format(words);
  }
}
