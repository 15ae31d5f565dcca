import { css } from 'lit';

/** Of every button, none of which is there from the start. */
export const buttonStyles = css`
  button {
    display: grid;
    place-content: center;
    inline-size: 2.5rem;
    block-size: 2.5rem;
    /* Seen in forced colours. */
    border: 1px solid #0000;
    border-radius: 50%;
    cursor: pointer;
    color: #fff;
    background: rgb(0 0 0 / 0.6);
  }

  button:hover {
    filter: brightness(0.85);
  }

  button svg {
    inline-size: 1.25rem;
    block-size: 1.25rem;
  }

  button:focus-visible {
    outline-color: #fff;
    box-shadow: 0 0 0 6px var(--_accent);
  }
`;
