import { css } from 'lit';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  css`
    :host {
      display: block;
      inline-size: 100%;
      block-size: 0.5rem;
      min-inline-size: 2rem;
      contain: strict;
      /* Where it is not seen, nothing is drawn. */
      content-visibility: auto;
      border-radius: var(--stream-meter-radius, 99px);
      background: var(--stream-meter-background, color-mix(in srgb, var(--_muted) 30%, transparent));
    }

    /* No level: not to be taken for silence. */
    :host(:is(:state(held), :state(failed))) {
      background: repeating-linear-gradient(135deg, var(--_muted) 0 2px, transparent 2px 8px);
      outline: 1px solid var(--_muted);
      outline-offset: -1px;
    }

    :host(:state(failed)) {
      --_muted: var(--_danger);
    }

    .scale {
      position: relative;
      overflow: hidden;
      block-size: 100%;
      border-radius: inherit;
    }

    /* Moved and cut off by the box: nothing is laid out. */
    [part='level'],
    [part='peak'] {
      position: absolute;
      inset: 0;
      translate: calc((var(--_at, 0) - 1) * 100% * var(--_forth, 1));
    }

    [part='level'] {
      background: var(--stream-meter-color, var(--_accent));
    }

    :host(:state(speaking)) [part='level'] {
      background: var(--stream-meter-speaking-color, light-dark(#1b7f3b, #5fd38a));
    }

    [part='peak'] {
      border-inline-end: 2px solid var(--_text);
    }

    :host(:dir(rtl)) {
      --_forth: -1;
    }

    @media (forced-colors: active) {
      :host {
        border: 1px solid CanvasText;
      }

      :host(:is(:state(held), :state(failed))) {
        border-style: dashed;
        outline: none;
      }

      [part='level'],
      :host(:state(speaking)) [part='level'] {
        background: Highlight;
        forced-color-adjust: none;
      }
    }
  `,
];
