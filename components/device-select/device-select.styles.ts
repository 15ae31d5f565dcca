import { css } from 'lit';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  css`
    :host {
      display: inline-flex;
      flex-wrap: wrap;
      align-items: end;
      gap: 0.5rem;
      max-inline-size: 100%;
    }

    :host(:state(unavailable)) {
      display: none;
    }

    label {
      display: grid;
      /* No wider than there is room, whatever the names are. */
      grid-template-columns: minmax(0, 1fr);
      flex: 1;
      gap: 0.25rem;
      min-inline-size: 0;
    }

    [part='label'] {
      color: var(--_muted);
      font-size: 0.875rem;
    }

    select,
    button {
      min-block-size: 2.5rem;
      max-inline-size: 100%;
      padding: 0.375rem 0.75rem;
      border: 1px solid color-mix(in srgb, var(--_muted) 70%, transparent);
      border-radius: var(--device-select-radius, 8px);
      color: inherit;
      background: var(--device-select-background, var(--_raised));
      font: inherit;
      text-overflow: ellipsis;
    }

    select:disabled {
      color: var(--_muted);
    }

    :host(:user-invalid) select {
      border-color: var(--_danger);
      outline: 1px solid var(--_danger);
    }

    button {
      cursor: pointer;
    }
  `,
];
