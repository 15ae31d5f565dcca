import { html, type TemplateResult } from 'lit';

/** Strokes on a grid of 24 px, in the colour of the text; struck through where it is not `on`. */
export const icon = (path: string, on = true): TemplateResult => html`
  <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${on ? path : `${path}M4 3l16 18`} /></svg>
`;
