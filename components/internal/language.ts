/** What the page says it is written in, from the element outwards. */
export function languageOf(element: Element): string {
  const named = element.closest<HTMLElement>('[lang]');
  if (named) return named.lang;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? languageOf(root.host) : '';
}

/** Undefined, which is that of the browser, for a language that is none. */
export function localeOf(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
