import { css, html, type TemplateResult } from 'lit';

/** Strokes on a grid of 24 px, in the colour of the text; struck through where it is not `on`. */
export const icon = (path: string, on = true): TemplateResult => html`
  <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${on ? path : `${path}M4 3l16 18`} /></svg>
`;

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
