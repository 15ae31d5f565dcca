import { css, html, nothing, type TemplateResult } from 'lit';
import type { StreamPreview } from './stream-preview.js';
import type { PreviewModel } from './stream-preview.view.js';

/** The way to the question for permission, or to one more where it got no answer. `offered`: the slot holds something else. */
export function renderQuestion(
  preview: StreamPreview,
  { asking, text }: PreviewModel,
  offered: (event: Event) => void,
): TemplateResult {
  // What fails has been fired as an event.
  const start = (): void => void preview.start().catch(() => {});
  return html`
    <slot name="permission" @slotchange=${offered}>
      ${
        asking === 'prompt' || asking === 'dismissed'
          ? html`<button part="continue-button" type="button" @click=${start}>${text('continue')}</button>`
          : nothing
      }
    </slot>
  `;
}

export const styles = css`
  /* A browser hears no click on a <usermedia> over which anything lies. */
  .layer:has([name='permission']) {
    z-index: 1;
  }

  /* It takes this from what is around it alone. */
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
