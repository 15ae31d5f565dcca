import { css } from 'lit';

/** Looks that every tag shares. The `--rtc-…` properties set them for the whole kit at once. */
export const tokens = css`
  :host {
    --_accent: var(--rtc-accent, light-dark(#2457d6, #8fb0ff));
    --_on-accent: var(--rtc-on-accent, light-dark(#fff, #0b1020));
    --_surface: var(--rtc-surface, light-dark(#f3f5f9, #151a24));
    --_raised: var(--rtc-raised, light-dark(#fff, #222938));
    --_text: var(--rtc-text, light-dark(#161b26, #eef1f7));
    --_muted: var(--rtc-muted, light-dark(#525c70, #a9b3c7));
    --_danger: var(--rtc-danger, light-dark(#b3261e, #ff8a80));
    --_radius: var(--rtc-radius, 12px);
    box-sizing: border-box;
    color: var(--_text);
    font-family: var(--rtc-font, system-ui, sans-serif);
    line-height: 1.4;
  }

  :host([hidden]) {
    display: none !important;
  }

  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }

  :focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }

  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;
