import { css, html, nothing, type TemplateResult } from 'lit';
import { buttonStyles, layerStyles } from './button.styles.js';
import { strings } from './plight.strings.js';
import type { StreamPreview } from './stream-preview.js';
import type { PreviewModel } from './stream-preview.view.js';
import { wordsOf } from './words.js';

/** The way to the question for permission, or to another try. `offered`: the slot holds something else. */
export function renderQuestion(
  preview: StreamPreview,
  { plight, text }: PreviewModel,
  offered: (event: Event) => void,
): TemplateResult {
  // What fails has been fired as an event.
  const start = (): void => void preview.start().catch(() => {});
  const { asking, again } = plight!;
  const key = again ? 'try-again' : asking === 'prompt' ? 'continue' : null;
  const button = key
    ? html`<button part="continue-button" type="button" @click=${start}>
        ${wordsOf(text, strings)(key)}
      </button>`
    : nothing;
  return asking ? html`<slot name="permission" @slotchange=${offered}>${button}</slot>` : html`${button}`;
}

export const styles = css`
  ${buttonStyles}
  ${layerStyles}

  /* A browser hears no click on a <usermedia> over which anything lies. */
  .layer:has([name='permission']) {
    z-index: 1;
  }

  /* A <usermedia> takes this from what is around it alone. */
  [name='permission'] {
    pointer-events: auto;
  }

  button[part='continue-button'] {
    inline-size: auto;
    block-size: auto;
    padding: 0.5rem 1.25rem;
    border-radius: 99px;
    color: var(--_on-accent);
    background: var(--_accent);
    font: inherit;
    font-weight: 600;
  }
`;
