import type { Strings, Text } from '../internal/kit-element.js';

/** The words of a part that is loaded when it is needed: those of the page, as `text` has them, go before. */
export const wordsOf =
  (text: Text, strings: Strings): Text =>
  (key, values = {}) => {
    // A word that the element does not know is the key.
    const word = text(key, values);
    return word === key ? strings[key]!.replace(/\{(\w+)\}/g, (_, name: string) => `${values[name]}`) : word;
  };
