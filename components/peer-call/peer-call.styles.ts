import { css } from 'lit';
import { buttonStyles } from '../internal/button.styles.js';
import { tokens } from '../internal/tokens.js';
import { tilesStyles } from './tiles.styles.js';

export const styles = [
  tokens,
  buttonStyles,
  css`
    :host {
      --_gap: var(--peer-call-gap, 0.5em);
      --_corner: var(--peer-call-radius, var(--_radius));
      --_line: light-dark(#0002, #fff2);
      container: call / inline-size;
      display: block;
      min-inline-size: min(100%, 20rem);
    }

    /* As high as the page says, else by its width. */
    .call {
      display: flex;
      flex-direction: column;
      position: relative;
      inline-size: 100%;
      block-size: 100%;
      max-block-size: 100svh;
      font-size: clamp(1rem, 0.5rem + 0.33cqi, 1.5rem);
      aspect-ratio: var(--peer-call-aspect-ratio, 3 / 4);
      border-radius: calc(var(--_corner) + var(--_gap));
      background: var(--peer-call-background, var(--_surface));
    }

    .stage {
      container: stage / size;
      position: relative;
      flex: 1;
      margin: var(--_gap);
    }

    .overlay {
      pointer-events: none;
    }

    ::slotted([slot='overlay']) {
      pointer-events: auto;
    }

    .notice {
      position: absolute;
      z-index: 2;
      inset: 0.5em 0.5em auto;
      display: flex;
      align-items: center;
      gap: 0.5em;
      inline-size: fit-content;
      max-block-size: calc(100% - 1em);
      margin: auto;
      padding-block: 0.25em;
      padding-inline-start: 1em;
      overflow: auto;
      border: 1px solid var(--_line);
      border-radius: var(--_corner);
      background: var(--_raised);
      box-shadow: 0 6px 24px #0004;
      font-size: 0.9375em;
    }

    .error {
      flex-wrap: wrap;
      padding-block: 0.5em;
      padding-inline-end: 0.5em;
      border-color: var(--_danger);
    }

    .error slot {
      display: block;
      flex: 1 14em;
      overflow-wrap: anywhere;
    }

    /* As high as its buttons before they are there. */
    .toolbar {
      min-block-size: max(48px, 3em);
      padding: 0 0.25em 0.75em;
    }

    @container call (inline-size >= 36rem) {
      .call {
        aspect-ratio: var(--peer-call-aspect-ratio, 16 / 10);
      }
    }

    @media (prefers-reduced-motion) {
      *,
      ::after {
        animation: none !important;
        transition: none !important;
      }
    }
  `,
  tilesStyles,
];
