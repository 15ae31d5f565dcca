import { css } from 'lit';

/** A source is seen and heard through its consumers: it takes no room. */
export const styles = css`
  :host {
    display: none;
  }
`;
