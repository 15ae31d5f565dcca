import { css } from 'lit';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
      isolation: isolate;
      inline-size: 100%;
      aspect-ratio: var(--stream-preview-aspect-ratio, 16 / 9);
      border-radius: var(--stream-preview-radius, var(--_radius));
      background: var(--stream-preview-background, var(--_surface));
    }

    video,
    .layer,
    [part='poster'],
    [part='overlay'],
    [part='controls'] {
      position: absolute;
      inset: 0;
    }

    video,
    [part='poster'] {
      inline-size: 100%;
      block-size: 100%;
      object-fit: contain;
    }

    video:not(.shown) {
      opacity: 0;
    }

    .cover {
      object-fit: cover;
    }

    .mirrored {
      transform: scaleX(-1);
    }

    .shown {
      background: var(--stream-preview-letterbox, #000);
    }

    .layer {
      display: grid;
      place-content: center;
      place-items: center;
      gap: 0.5rem;
      padding: 16px;
      color: var(--_muted);
      font-size: 0.9375rem;
      text-align: center;
    }

    .layer,
    [part='overlay'],
    [part='controls'] {
      pointer-events: none;
    }

    ::slotted(*),
    button {
      pointer-events: auto;
    }

    svg {
      display: block;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.75;
      stroke-linecap: round;
      stroke-linejoin: round;
    }

    [part='placeholder'] svg {
      inline-size: 2.5rem;
    }

    [part='poster'] {
      z-index: -1;
    }

    :host(:fullscreen) {
      border-radius: 0;
      background: #000;
    }

    [part='status'] {
      max-inline-size: 36ch;
      text-wrap: balance;
      /* The words may be of another language than the page. */
      unicode-bidi: plaintext;
    }

    .failed {
      color: var(--_danger);
    }

    .over {
      padding: 8px 16px;
      border-radius: 1.25rem;
      color: #fff;
      background: #000b;
    }

    [part='controls'] {
      inset: auto 12px 12px;
      display: flex;
      gap: 0.5rem;
    }

    @media (forced-colors: active) {
      :host {
        border: 1px solid;
      }

      .over {
        outline: 1px solid;
        background: Canvas;
      }
    }

    @media (prefers-reduced-motion: no-preference) {
      video {
        transition: opacity 0.2s;
      }
    }
  `,
];
