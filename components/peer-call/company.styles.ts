import { css } from 'lit';
import { spinnerStyles } from './spinner.styles.js';

/** One large tile and the others beside it, and what the tiles of others tell. */
export const styles = css`
  ${spinnerStyles}

  .notice > button {
    flex: none;
    border: 0;
    background: none;
  }

  /* Beside the tiles: on a small screen it would hide one. */
  .play {
    align-self: center;
    margin-block-end: var(--_gap);
    color: var(--_on-accent);
    background: var(--_accent);
  }

  /* One large tile. The layout is the strip of the others, out of which the large one is lifted: it stays where it is
     in the tree, so that no picture begins anew. */
  .speaker {
    --_side: clamp(4rem, 16cqh, 12rem);
    display: flex;
    align-items: start;
    justify-content: safe center;
    /* A scrollbar lies in the gap. */
    block-size: calc(var(--_side) + var(--_gap));
    margin-block-start: calc(100cqh - var(--_side));
    overflow: auto hidden;
    scrollbar-width: thin;
    scrollbar-color: #8889 #0000;
  }

  .speaker :is(.box, .tiles) {
    display: contents;
  }

  .speaker .tile {
    --_tile: calc(var(--_side) * 16 / 9);
    flex: none;
  }

  .speaker .large {
    --_tile: 100cqw;
    position: absolute;
    inset: 0 0 calc(var(--_side) + var(--_gap));
    inline-size: auto;
    max-inline-size: calc((100cqh - var(--_side) - var(--_gap)) * 16 / 9);
    max-block-size: 125cqw;
    aspect-ratio: auto;
    margin: auto;
  }

  .speaker .large.screen {
    max-inline-size: none;
  }

  /* With one other, that one lies in a corner. */
  .pair {
    isolation: isolate;
    position: static;
    block-size: 100%;
    margin: 0;
    overflow: visible;
  }

  .pair .large {
    inset: 0;
    max-inline-size: 220cqh;
    max-block-size: 160cqw;
  }

  .pair .tile:not(.large) {
    --_tile: min(40cqw, clamp(6rem, 24cqmax, 22rem));
    position: absolute;
    z-index: 1;
    inset-block-end: var(--_gap);
    inset-inline-end: var(--_gap);
    box-shadow: 0 2px 12px #0006;
  }

  @container stage (aspect-ratio >= 1) {
    .speaker:not(.pair) {
      --_side: clamp(7rem, 18cqw, 26rem);
      flex-direction: column;
      inline-size: calc(var(--_side) + var(--_gap));
      block-size: 100%;
      margin-block: 0;
      margin-inline-end: calc(-1 * var(--_gap));
      margin-inline-start: auto;
      overflow: hidden auto;
    }

    .speaker:not(.pair) .tile {
      --_tile: var(--_side);
    }

    .speaker:not(.pair) .large {
      --_tile: 100cqw;
      inset: 0;
      inset-inline-end: calc(var(--_side) + var(--_gap));
      max-inline-size: calc(100cqh * 16 / 9);
      max-block-size: calc(100cqw - var(--_side) - var(--_gap));
    }

    .speaker:not(.pair) .large.screen {
      max-inline-size: none;
    }
  }

  /* Whoever speaks has a ring. */
  .tile::after {
    content: '';
    position: absolute;
    inset: 0;
    border: 3px solid var(--_accent);
    border-radius: inherit;
    box-shadow: inset 0 0 0 1px #fff9;
    opacity: 0;
    pointer-events: none;
    transition: opacity 0.2s;
  }

  .speaking::after {
    opacity: 1;
  }

  .tile-status {
    position: absolute;
    color: #fff;
    font-size: clamp(0.6875rem, 0.04 * var(--_tile), 0.875em);
  }

  .what {
    display: flex;
    align-items: center;
    gap: 0.375em;
  }

  .connecting .tile-status {
    inset-block-start: var(--_inset);
    inset-inline-end: var(--_inset);
    max-inline-size: calc(100% - 2 * var(--_inset));
    padding: 0.25em 0.625em;
    border-radius: 99px;
    background: #0c1018bf;
  }

  /* The last picture shines through. */
  .tile:not(.connecting) > .tile-status {
    container: status / inline-size;
    inset: 0;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 0.25em;
    padding: 0.375rem;
    background: #0c1018b3;
    text-align: center;
    text-wrap: balance;
  }

  .tile:not(.connecting) .what {
    max-inline-size: 100%;
    margin-block-start: auto;
    font-size: 1.15em;
    font-weight: 600;
  }

  .tile-status > :last-child {
    margin-block-end: auto;
  }

  .tile-status button {
    position: relative;
    min-block-size: 2.75em;
    border: 0;
    color: #fff;
    background: #fff3;
  }

  /* For a finger. */
  .tile-status button::after {
    content: '';
    position: absolute;
    inset: -8px 0;
  }

  .speaking .mark.speaking,
  .quality-good {
    color: #fff;
  }

  .quality-fair {
    color: #ffd479;
  }

  .tile:not(:hover) .quality-good {
    display: none;
  }

  .pin {
    position: absolute;
    inset-block-start: 0;
    inset-inline-start: 0;
    padding: 0;
    border: 0;
    color: #fff;
    background: none;
    opacity: 0;
    transition: opacity 0.15s;
  }

  .pin svg {
    box-sizing: content-box;
    padding: clamp(4px, 0.02 * var(--_tile), 6px);
    border-radius: 50%;
    background: #0c101899;
  }

  .pin[aria-pressed='true'] svg {
    color: #0c1018;
    background: #fff;
  }

  .verification {
    position: absolute;
    inset-block-start: 0;
    inset-inline-end: 0;
    z-index: 1;
    color: #fff;
    text-align: end;
  }

  .verification > summary {
    inline-size: fit-content;
    margin-inline-start: auto;
    padding: 8px;
    cursor: pointer;
    list-style: none;
    opacity: 0;
  }

  .verification > summary::-webkit-details-marker {
    display: none;
  }

  .verification svg {
    box-sizing: content-box;
    padding: clamp(4px, 0.02 * var(--_tile), 6px);
    border-radius: 50%;
    background: #0c101899;
  }

  .tile:hover > .verification > summary,
  .verification > summary:focus-visible,
  .verification[open] > summary {
    opacity: 1;
  }

  .verification > p {
    max-inline-size: 16em;
    margin: 0 0.5em;
    padding: 0.5em 0.75em;
    border-radius: 8px;
    font-size: 0.875em;
    overflow-wrap: anywhere;
    background: #0c1018e6;
  }

  .digits {
    display: block;
    font:
      1.125em/1.4 ui-monospace,
      monospace;
    user-select: all;
  }

  @media (forced-colors: active) {
    .tile {
      border: 1px solid;
    }

    .pin[aria-pressed='true'] {
      border: 4px solid;
    }

    /* Icons keep their colors, but for that of the text around them. */
    .pin svg,
    .pin[aria-pressed='true'] svg,
    .verification svg {
      color: ButtonText;
      background: ButtonFace;
    }
  }

  .connecting > .pin {
    visibility: hidden;
  }

  .tile:hover > .pin,
  .pin:focus-visible,
  .pin[aria-pressed='true'] {
    opacity: 1;
  }

  @media (hover: none) {
    .pin,
    .verification > summary {
      opacity: 1;
    }

    /* Too small for a pin: a double tap does it too. */
    @container stage (inline-size < 30rem) {
      .sharing > :last-child .pin[aria-pressed='false'] {
        opacity: 0;
      }
    }
  }

  /* Small: beside the pin and above the name. */
  @container status (inline-size < 14rem) {
    .why,
    .spinner {
      display: none;
    }

    .tile:not(.connecting) .what {
      align-self: end;
      max-inline-size: calc(100% - 1.75rem);
      margin-block-start: 0;
      font: inherit;
    }

    .tile-status button {
      min-block-size: 1.75rem;
      padding: 0 0.75em;
    }
  }
`;
