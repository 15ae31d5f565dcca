import { css } from 'lit';

/** How the strokes of `icon()` are drawn. */
export const iconStyles = css`
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
`;
