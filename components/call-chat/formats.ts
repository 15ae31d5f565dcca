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

/** What the page says it is written in, from the element outwards. */
export function languageOf(element: Element): string {
  const named = element.closest<HTMLElement>('[lang]');
  if (named) return named.lang;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? languageOf(root.host) : '';
}

function localeOf(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
