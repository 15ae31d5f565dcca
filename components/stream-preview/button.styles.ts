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

/** Of the words, where a button or a bar is beside them: large ones are scrolled where the preview is small. */
export const layerStyles = css`
  .layer {
    container-type: size;
    place-content: safe center;
    overflow: auto;
    overflow-wrap: anywhere;
  }

  .layer,
  [part='status'] {
    scrollbar-width: thin;
    scrollbar-color: currentcolor #0000;
  }

  /* By the words. */
  [part='status'] {
    pointer-events: auto;
  }

  /* Above words and a button it has room in a large preview only. */
  @container (block-size < 14rem) {
    [part='placeholder'] svg {
      display: none;
    }
  }
`;
