import { html, nothing, type TemplateResult } from 'lit';
import { ignore } from './controls.js';
import { soundIcon } from './icons.js';
import type { Text } from './peer-call.strings.js';

/** One button for all tiles: after the click the browser lets every one of them play. */
export function renderPlayButton(text: Text, play: () => void): TemplateResult {
  return html`
    <button class="play" part="play-button" type="button" @click=${play}>
      ${soundIcon()}${text('play')}
    </button>
  `;
}

/** What happened, and where joining failed a way to try again. */
export function renderError(
  words: string,
  text: Text,
  retry: (() => Promise<void>) | null,
  dismiss: () => void,
): TemplateResult {
  return html`
    <div class="error" role="alert">
      <slot name="error">${words}</slot>
      <span>
        ${
          retry
            ? html`<button type="button" @click=${() => ignore(retry())}>${text('try-again')}</button>`
            : nothing
        }
        <button type="button" @click=${dismiss}>${text('dismiss')}</button>
      </span>
    </div>
  `;
}
