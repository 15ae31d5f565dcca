import { css } from 'lit';
import { iconStyles } from './icon.styles.js';

/** Icons and round buttons, alike in every tag that controls a call. */
export const buttonStyles = css`
  ${iconStyles}

  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    min-inline-size: max(48px, 3em);
    min-block-size: max(48px, 3em);
    padding: 0 0.875em;
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
`;
