import { css } from 'lit';

/** A source is heard and seen through its consumers: like `<audio>` without controls, it takes no room. */
export const styles = css`
  :host {
    display: none;
  }
`;
