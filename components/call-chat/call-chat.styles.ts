import { css } from 'lit';
import { iconStyles } from '../internal/icon.styles.js';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  iconStyles,
  css`
    :host {
      --_line: light-dark(#0002, #fff2);
      --_corner: var(--call-chat-radius, var(--_radius));
      --_own: var(--call-chat-own-background, var(--_accent));
      --_on-own: var(--call-chat-own-text, var(--_on-accent));
      container: chat / inline-size;
      display: block;
      block-size: 28rem;
      min-inline-size: 0;
      overflow: hidden;
      border-radius: var(--_corner);
      background: var(--call-chat-background, var(--_surface));
      font-size: 0.9375rem;
    }

    .chat,
    .log,
    .entries,
    .entry {
      display: flex;
      flex-direction: column;
      position: relative;
    }

    .chat {
      block-size: 100%;
    }

    p,
    ol {
      margin: 0;
      padding: 0;
    }

    svg {
      inline-size: 1.375em;
    }

    .log {
      flex: 1;
      min-block-size: 0;
      padding: 0 0.75em 0.75em;
      overflow: hidden auto;
      overscroll-behavior: contain;
      border-radius: var(--_corner) var(--_corner) 0 0;
      scrollbar-width: thin;
    }

    .log:focus-visible {
      outline-offset: -3px;
    }

    .empty {
      display: grid;
      justify-items: center;
      gap: 0.5em;
      margin: auto;
      color: var(--_muted);
    }

    .empty svg {
      inline-size: 2.5em;
    }

    .entries {
      margin-block-start: auto;
      list-style: none;
    }

    .end {
      flex: none;
      block-size: 4px;
    }

    .entry {
      align-items: start;
      gap: 0.2em;
      max-inline-size: min(88%, 36em);
      margin-block-start: 0.75em;
    }

    .entry.goes-on {
      margin-block-start: 0.3em;
    }

    .own {
      align-items: end;
      align-self: end;
    }

    .who {
      display: flex;
      gap: 0.5em;
      max-inline-size: 100%;
      padding-inline: 0.25em;
      color: var(--_muted);
      font-size: 0.8125em;
      white-space: nowrap;
    }

    .who bdi {
      overflow: hidden;
      color: var(--_text);
      font-weight: 600;
      text-overflow: ellipsis;
    }

    .bubble {
      max-inline-size: 100%;
      padding: 0.45em 0.75em;
      overflow: clip;
      overflow-wrap: anywhere;
      border: 1px solid var(--_line);
      border-radius: 1.1em;
      border-start-start-radius: 0.3em;
      background: var(--_raised);
      white-space: pre-wrap;
    }

    .own .bubble {
      border-start-start-radius: 1.1em;
      border-end-end-radius: 0.3em;
    }

    .own .bubble:not(.file) {
      border-color: #0000;
      color: var(--_on-own);
      background: var(--_own);
    }

    .detail {
      color: var(--_muted);
      font-size: 0.8125em;
      overflow-wrap: anywhere;
    }

    .failed {
      color: var(--_danger);
    }

    .detail.failed {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.25em 0.5em;
    }

    .own > .detail {
      justify-content: end;
      padding-inline: 0.25em;
      text-align: end;
    }

    /* What is sent at once says nothing of it. */
    .late {
      animation: late 1s step-end;
    }

    button,
    .way {
      border: 1px solid var(--_line);
      border-radius: 99px;
      cursor: pointer;
      color: inherit;
      background: none;
      font: inherit;
      font-weight: 600;
      text-decoration: none;
    }

    .way {
      min-block-size: 2.25em;
      padding: 0.3em 0.9em;
      font-size: 0.875rem;
      line-height: 1.4;
    }

    .way.main,
    .new {
      border-color: #0000;
      color: var(--_on-accent);
      background: var(--_accent);
    }

    .failed .way {
      color: var(--_text);
    }

    button:not([aria-disabled='true']):hover,
    .way:hover {
      box-shadow: inset 0 0 0 9rem #8883;
    }

    .new {
      display: flex;
      align-items: center;
      gap: 0.375em;
      align-self: center;
      margin-block: -2.75em 0.5em;
      min-block-size: 2.25em;
      padding: 0.25em 0.9em;
      box-shadow: 0 2px 12px #0006;
      font-size: 0.875em;
      z-index: 1;
    }

    .status:not(:empty) {
      padding: 0 0.875em 0.375em;
      color: var(--_muted);
      font-size: 0.875em;
    }

    .composer {
      display: flex;
      align-items: end;
      margin: 0 0.5em 0.5em;
      padding: 3px;
      border: 1px solid var(--_line);
      border-radius: 1.6em;
      background: var(--_raised);
    }

    .composer:has(textarea:focus-visible) {
      outline: 3px solid var(--_accent);
    }

    .composer button {
      display: grid;
      flex: none;
      place-content: center;
      inline-size: 2.75rem;
      block-size: 2.75rem;
      border-color: #0000;
    }

    .attach {
      color: var(--_muted);
    }

    .send {
      color: var(--_on-accent);
      background: var(--_accent);
    }

    .send[aria-disabled='true'] {
      color: var(--_muted);
      background: none;
    }

    .composer [aria-disabled='true'] {
      cursor: default;
      opacity: 0.6;
    }

    :host(:dir(rtl)) .send svg {
      scale: -1 1;
    }

    textarea {
      field-sizing: content;
      flex: 1;
      min-inline-size: 0;
      max-block-size: 8.4em;
      padding: calc((2.75rem - 1.4em) / 2) 0.25em;
      border: 0;
      resize: none;
      color: inherit;
      background: none;
      font: inherit;
      /* Smaller, and a phone would zoom in. */
      font-size: 1rem;
      overflow-wrap: anywhere;
    }

    /* The whole field has it. */
    textarea:focus-visible {
      outline: none;
    }

    textarea::placeholder {
      color: var(--_muted);
      opacity: 1;
    }

    .drop {
      position: absolute;
      inset: 0;
      z-index: 2;
      display: grid;
      place-content: center;
      padding: 1em;
      border: 3px dashed var(--_accent);
      border-radius: var(--_corner);
      background: color-mix(in srgb, var(--_surface) 85%, #0000);
      font-weight: 600;
      text-align: center;
    }

    .drop.useless {
      border-color: #0000;
    }

    .drop span {
      pointer-events: none;
    }

    @keyframes late {
      from {
        visibility: hidden;
      }
    }

    @keyframes rise {
      from {
        translate: 0 0.5em;
      }
    }

    @media (prefers-reduced-motion: no-preference) {
      .entry {
        animation: rise 0.2s;
      }
    }

    @media (forced-colors: active) {
      .own .bubble:not(.file),
      .composer button,
      .way {
        border-color: CanvasText;
      }

      [aria-disabled='true'] {
        color: GrayText;
      }
    }
  `,
];
