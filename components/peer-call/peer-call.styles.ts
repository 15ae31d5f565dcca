import { css } from 'lit';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  css`
    :host {
      --_gap: var(--peer-call-gap, 0.5rem);
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
      aspect-ratio: var(--peer-call-aspect-ratio, 3 / 4);
      overflow: clip;
      border-radius: calc(var(--_corner) + var(--_gap));
      background: var(--peer-call-background, var(--_surface));
    }

    .stage {
      container: stage / size;
      position: relative;
      flex: 1;
      margin: var(--_gap);
    }

    .layout {
      display: grid;
      gap: var(--_gap);
      block-size: 100%;
    }

    .sharing {
      grid-template-rows: minmax(0, 1fr) 28%;
    }

    .box {
      container: box / size;
    }

    /* Tiles of 16:9, as large as the box allows in the columns that suit its shape. */
    .tiles {
      --_columns: var(--_wide);
      --_rows: round(up, calc(var(--_count) / var(--_columns)), 1);
      --_tile: calc(
        min(
            (100cqw - (var(--_columns) - 1) * var(--_gap)) / var(--_columns),
            (100cqh - (var(--_rows) - 1) * var(--_gap)) / var(--_rows) * 16 / 9
          ) -
          0.1px
      );
      display: flex;
      flex-wrap: wrap;
      place-content: center;
      gap: var(--_gap);
      max-inline-size: calc(var(--_columns) * (var(--_tile) + var(--_gap)));
      block-size: 100%;
      margin: auto;
    }

    @container box (aspect-ratio >= 2.4) {
      .tiles {
        --_columns: var(--_strip);
      }
    }

    @container box (aspect-ratio < 1.4) {
      .tiles {
        --_columns: var(--_square);
      }
    }

    @container box (aspect-ratio < 1) {
      .tiles {
        --_columns: var(--_upright);
      }
    }

    @container box (aspect-ratio < 0.75) {
      .tiles {
        --_columns: var(--_tall);
      }
    }

    @container box (aspect-ratio < 0.5) {
      .tiles {
        --_columns: var(--_pillar);
      }
    }

    .tile {
      --_inset: clamp(0.25rem, 2.5cqi, 0.625rem);
      container: tile / inline-size;
      position: relative;
      inline-size: var(--_tile);
      aspect-ratio: 16 / 9;
      overflow: clip;
      border-radius: var(--_corner);
      background: var(--peer-call-tile-background, light-dark(#dde3ee, #222938));
    }

    video,
    .overlay {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
      object-fit: var(--peer-call-fit, cover);
    }

    .screen {
      background: #000;
    }

    .screen video {
      object-fit: contain;
    }

    .off {
      visibility: hidden;
    }

    .mirrored {
      scale: -1 1;
    }

    .avatar {
      position: absolute;
      inset: 0;
      display: grid;
      place-content: center;
      inline-size: clamp(2rem, 26cqi, 7rem);
      aspect-ratio: 1;
      margin: auto;
      border-radius: 50%;
      color: var(--_on-accent);
      background: var(--_accent);
      font-size: clamp(1rem, 12cqi, 3.25rem);
      font-weight: 600;
    }

    .label,
    .tile-status {
      position: absolute;
      display: flex;
      align-items: center;
      gap: 0.375em;
      max-inline-size: calc(100% - 2 * var(--_inset));
      padding: 0.25em 0.625em;
      border-radius: 99px;
      color: #fff;
      background: #0c1018bf;
      font-size: clamp(0.6875rem, 4cqi, 0.875rem);
    }

    .label {
      inset-block-end: var(--_inset);
      inset-inline-start: var(--_inset);
    }

    .tile-status {
      inset-block-start: var(--_inset);
      inset-inline-end: var(--_inset);
    }

    .who {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    .mark {
      color: #ffa8a0;
    }

    svg {
      display: block;
      flex: none;
      inline-size: 1.25em;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.75;
      stroke-linecap: round;
      stroke-linejoin: round;
    }

    .spinner {
      flex: none;
      inline-size: 1em;
      aspect-ratio: 1;
      border: 2px solid;
      border-block-start-color: #0000;
      border-radius: 50%;
      animation: turn 0.9s linear infinite;
    }

    @keyframes turn {
      to {
        rotate: 1turn;
      }
    }

    .placeholder {
      display: grid;
      place-items: center;
      padding: 1rem;
      border: 2px dashed var(--_line);
      color: var(--_muted);
      background: none;
      text-align: center;
      text-wrap: balance;
    }

    .badge {
      display: grid;
      place-content: center;
      inline-size: 3rem;
      aspect-ratio: 1;
      margin: 0 auto 0.625rem;
      border-radius: 50%;
      color: var(--_accent);
      background: color-mix(in srgb, var(--_accent) 14%, #0000);
      font-size: 1.25rem;
    }

    .overlay {
      pointer-events: none;
    }

    ::slotted([slot='overlay']) {
      pointer-events: auto;
    }

    .error {
      position: absolute;
      inset: 0.5rem 0.5rem auto;
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.5rem;
      inline-size: fit-content;
      max-block-size: calc(100% - 1rem);
      margin: auto;
      padding: 0.5rem 0.5rem 0.5rem 1rem;
      overflow: auto;
      border: 1px solid var(--_danger);
      border-radius: var(--_corner);
      background: var(--_raised);
      box-shadow: 0 6px 24px #0004;
    }

    .error slot {
      display: block;
      flex: 1 14rem;
      overflow-wrap: anywhere;
    }

    button {
      display: inline-flex;
      align-items: center;
      justify-content: center;
      gap: 0.5rem;
      min-inline-size: 48px;
      min-block-size: 48px;
      padding: 0 0.875rem;
      border: 1px solid var(--_line);
      border-radius: 99px;
      cursor: pointer;
      color: inherit;
      background: var(--_raised);
      font: inherit;
      font-weight: 600;
    }

    button:hover {
      box-shadow: inset 0 0 0 9rem #8883;
    }

    .play,
    .join,
    .share-screen[aria-pressed='true'] {
      color: var(--_on-accent);
      background: var(--_accent);
    }

    .play {
      position: absolute;
      inset: auto 0 1rem;
      inline-size: fit-content;
      margin: auto;
    }

    .toolbar {
      display: flex;
      flex-wrap: wrap;
      justify-content: center;
      gap: 0.375rem;
      padding: 0 0.25rem 0.75rem;
    }

    .microphone[aria-pressed='false'],
    .camera[aria-pressed='false'] {
      color: var(--_danger);
    }

    .toolbar [aria-disabled] {
      cursor: default;
      opacity: 0.5;
    }

    .leave {
      color: #fff;
      background: var(--rtc-danger, #c9302c);
    }

    @container call (inline-size >= 36rem) {
      .call {
        aspect-ratio: var(--peer-call-aspect-ratio, 16 / 10);
      }
    }

    @container stage (aspect-ratio >= 1) {
      .sharing {
        grid-template: none / minmax(0, 1fr) 24%;
      }
    }

    @media (prefers-reduced-motion) {
      * {
        animation: none !important;
      }
    }
  `,
];
