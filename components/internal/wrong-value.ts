import type { LitElement } from 'lit';

/**
 * A property as whoever writes the page knows it: `frame-rate="abc"`, by the name of its attribute, and with the words
 * there where the property keeps no more of them than `NaN`.
 */
export function asWritten(element: LitElement, property: string): string {
  const { attribute } = (element.constructor as typeof LitElement).getPropertyOptions(property);
  const name = typeof attribute === 'string' ? attribute : property.toLowerCase();
  const value = (element as unknown as Readonly<Record<string, string | number | null>>)[property];
  return `${name}="${Number.isNaN(value) ? (element.getAttribute(name) ?? value) : value}"`;
}

/** Warns of a word in an attribute that is none of the known ones; `instead`: what happens then. */
export function warnOfOther(
  element: Element,
  attribute: string,
  word: string | null | undefined,
  known: readonly string[],
  instead: string,
): void {
  if (!word || known.includes(word)) return;
  console.warn(
    `<${element.localName}>: ${attribute}="${word}" is not one of ${known.join(', ')}; ${instead}.`,
  );
}
