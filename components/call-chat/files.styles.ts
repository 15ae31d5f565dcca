import { css } from 'lit';

/** Of the files among the messages. */
export const styles = css`
  .file {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0.5em 0.625em;
    align-items: center;
    inline-size: 20em;
    padding: 0.625em 0.75em;
    white-space: normal;
  }

  .file > svg {
    inline-size: 1.75em;
    color: var(--_accent);
  }

  .file > img {
    grid-column: 1 / -1;
    inline-size: calc(100% + 0.5em);
    block-size: 11em;
    margin: -0.375em -0.25em 0;
    object-fit: contain;
    border-radius: 0.8em;
    background: light-dark(#0000000d, #0004);
  }

  .file > :is(progress, .ways),
  .file > img + .about {
    grid-column: 1 / -1;
  }

  .file-name {
    font-weight: 600;
    overflow-wrap: anywhere;
  }

  .about .detail {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.5em;
  }

  .about .detail > :nth-child(2)::before {
    content: '· ';
  }

  progress {
    appearance: none;
    display: block;
    inline-size: 100%;
    block-size: 6px;
    overflow: hidden;
    border: 0;
    border-radius: 3px;
    background: var(--_line);
  }

  progress::-webkit-progress-bar {
    background: none;
  }

  progress::-webkit-progress-value {
    border-radius: 3px;
    background: var(--_accent);
    transition: inline-size 0.1s linear;
  }

  progress::-moz-progress-bar {
    border-radius: 3px;
    background: var(--_accent);
  }

  .ways {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375em;
  }

  @container chat (inline-size < 16rem) {
    .file > svg {
      display: none;
    }

    .file > .about {
      grid-column: 1 / -1;
    }
  }

  @media (prefers-reduced-motion) {
    progress::-webkit-progress-value {
      transition: none;
    }
  }

  @media (forced-colors: active) {
    progress {
      forced-color-adjust: none;
      block-size: 10px;
      border: 1px solid CanvasText;
      background: Canvas;
    }

    progress::-webkit-progress-value {
      background: Highlight;
    }

    progress::-moz-progress-bar {
      background: Highlight;
    }
  }
`;
