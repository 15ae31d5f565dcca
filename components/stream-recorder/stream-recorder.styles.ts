import { css } from 'lit';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  css`
    :host {
      --_line: light-dark(#0002, #fff2);
      --_record: var(--stream-recorder-accent, light-dark(#c62828, #ff6b62));
      display: block;
      min-inline-size: 0;
      padding: 0.5rem;
      border-radius: var(--stream-recorder-radius, var(--_radius));
      background: var(--stream-recorder-background, var(--_surface));
      font-size: 0.9375rem;
    }

    .bar {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.5em;
    }

    button,
    a {
      display: inline-flex;
      align-items: center;
      justify-content: center;
      gap: 0.4em;
      min-block-size: 2.5rem;
      min-inline-size: 2.5rem;
      padding: 0 0.875em;
      border: 1px solid var(--_line);
      border-radius: 1.25rem;
      background: var(--_raised);
      color: inherit;
      cursor: pointer;
      font: inherit;
      font-weight: 600;
      text-decoration: none;
    }

    :is(button, a):hover {
      filter: brightness(0.95);
    }

    button[aria-disabled='true'] {
      cursor: default;
      filter: none;
      opacity: 0.5;
    }

    a {
      border-color: transparent;
      background: var(--_accent);
      color: var(--_on-accent);
    }

    .mark {
      inline-size: 0.75em;
      block-size: 0.75em;
      border-radius: 50%;
      background: var(--_record);
    }

    .mark.square {
      border-radius: 2px;
    }

    .amounts {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 0.75em;
      margin: 0;
      padding-inline: 0.25em;
      font-variant-numeric: tabular-nums;
    }

    time {
      font-weight: 600;
    }

    :host(:state(recording)) time {
      color: var(--_record);
    }

    .size,
    [part='status'] {
      color: var(--_muted);
      font-size: 0.875em;
    }

    [part='status'] {
      margin: 0.375rem 0.25rem 0;
      overflow-wrap: anywhere;
    }

    [part='status'].failed {
      color: var(--_danger);
    }

    @media (forced-colors: active) {
      .mark {
        forced-color-adjust: none;
        background: CanvasText;
      }

      button[aria-disabled='true'] {
        border-color: GrayText;
        color: GrayText;
        opacity: 1;
      }
    }
  `,
];
