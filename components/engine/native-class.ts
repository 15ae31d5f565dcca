/** Under this key a class that stands in for one of the browser's names that one, or undefined. */
export const replaced = Symbol.for('rtc-elements.replaced');

/** The browser's own class of that name, where it has one, whatever was installed since. */
export function nativeClass<T>(name: string): T | undefined {
  const found = (globalThis as Record<string, unknown>)[name] as
    (T & { readonly [replaced]?: T }) | undefined;
  return found && replaced in (found as object) ? found[replaced] : found;
}
