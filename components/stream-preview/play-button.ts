import { css, html, type TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';
import { buttonStyles } from './button.styles.js';
import type { StreamPreview } from './stream-preview.js';
import type { PreviewModel } from './stream-preview.view.js';

/** For a browser that wants a click before it plays. */
export function renderPlayButton(preview: StreamPreview, { text }: PreviewModel): TemplateResult {
  // What fails has been fired as an event.
  const play = (): void => void preview.play().catch(() => {});
  return html`<button part="play-button" type="button" aria-label=${text('play')} @click=${play}>
    ${icon('M8 5.5v13l10.5-6.5z')}
  </button>`;
}

export const styles = css`
  ${buttonStyles}

  [part='play-button'] {
    position: absolute;
    inset: 0;
    margin: auto;
    inline-size: 4rem;
    block-size: 4rem;
    color: var(--_on-accent);
    background: var(--_accent);
  }

  [part='play-button'] svg {
    fill: currentColor;
    inline-size: 1.75rem;
    block-size: 1.75rem;
  }
`;
