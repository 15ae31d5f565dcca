import { css } from 'lit';

/** What turns while somebody waits. */
export const spinnerStyles = css`
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
`;
