import { html, type TemplateResult } from 'lit';
import type { Text } from './peer-call.strings.js';

/** The key of a button's word, and what it does beside closing the message. */
export type Way = readonly [key: string, go?: () => Promise<void>];

/** What happened, and the ways on. */
export function renderError(
  words: string,
  text: Text,
  ways: readonly Way[],
  close: () => void,
): TemplateResult {
  const take = (go: Way[1]): void => {
    close();
    if (go) ignore(go());
  };
  return html`
    <div class="notice error" role="alert">
      <slot name="error">${words}</slot>
      <span
        >${ways.map(([key, go]) => html`<button type="button" @click=${() => take(go)}>${text(key)}</button> `)}</span
      >
    </div>
  `;
}

/** A button has nobody to hand a rejection to: the tag fires `error` and shows it. */
function ignore(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
