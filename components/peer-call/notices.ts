import { html, nothing, type TemplateResult } from 'lit';
import type { MediaKitError } from '../engine/errors.js';
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
  error: MediaKitError,
  text: Text,
  retry: (() => Promise<void>) | null,
  dismiss: () => void,
): TemplateResult {
  const key = `error-${error.code}`;
  const words = text(key);
  return html`
    <div class="error" role="alert">
      <slot name="error">${words === key ? error.message : words}</slot>
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
