import { css } from 'lit';
import { buttonStyles } from '../internal/button.styles.js';
import { toolbarStyles } from '../internal/call-bar.js';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  buttonStyles,
  toolbarStyles,
  css`
    :host {
      --_line: light-dark(#0002, #fff2);
      container: call / inline-size;
      display: block;
      padding: 0.5em;
      border-radius: var(--call-controls-radius, var(--_radius));
      background: var(--call-controls-background, var(--_surface));
    }

    [aria-expanded='true'] {
      color: var(--_on-accent);
      background: var(--_accent);
    }

    .devices,
    .chat {
      position: relative;
      padding-inline: 0.5em;
    }

    .unread {
      position: absolute;
      inset-block-start: 0.625em;
      inset-inline-end: 0.625em;
      inline-size: 0.75em;
      aspect-ratio: 1;
      border: 2px solid var(--_raised);
      border-radius: 50%;
      background: var(--_danger);
    }

    @media (forced-colors: active) {
      .unread {
        background: Highlight;
      }
    }
  `,
];
