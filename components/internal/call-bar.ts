import { css, html, nothing, type TemplateResult } from 'lit';
import { passDoor, toggleStyles, type Act, type Controlled, type Toggle } from './call-toggles.js';
import { icon } from './icon.js';
import type { Text } from './kit-element.js';
import type { RovingFocus } from './roving-focus.js';

/** A bar of buttons: one tab stop. */
export const renderToolbar = (buttons: unknown, text: Text, focus: RovingFocus): TemplateResult => html`
  <div
    class="toolbar"
    role="toolbar"
    aria-label=${text('controls')}
    @keydown=${focus.onKeydown}
    @focusin=${focus.onFocusin}
  >
    ${buttons}
  </div>
`;

/** The screen, of use in a call; null where the browser can share none. */
export function screenToggle({ localScreen }: Controlled, active: boolean, act: Act): Toggle | null {
  if (!('getDisplayMedia' in (globalThis.navigator?.mediaDevices ?? {}))) return null;
  const on = localScreen !== null;
  return { name: 'share-screen', on, usable: active, icon: screenIcon(), act: () => act('screen', !on) };
}

/** The way into the call and out of it: one button, so that the focus stays on it. */
export function renderDoor(active: boolean, text: Text, act: Act, usable = true): TemplateResult {
  const name = active ? 'leave' : 'join';
  return html`
    <button
      class=${name}
      part="button"
      type="button"
      title=${text(name)}
      aria-label=${text(name)}
      aria-disabled=${usable ? nothing : 'true'}
      @click=${(event: MouseEvent) => {
        if (usable) passDoor(event, active, act);
      }}
    >
      ${active ? leaveIcon() : nothing}<span>${text(name)}</span>
    </button>
  `;
}

const screenIcon = (): TemplateResult =>
  icon('M4 4h16q2 0 2 2v9q0 2-2 2H4q-2 0-2-2V6q0-2 2-2zM8 21h8M12 14V7M9 10l3-3 3 3');

const leaveIcon = (): TemplateResult => icon('M3 14q9-8 18 0l-2 3-4-2v-2q-3-1-6 0v2l-4 2z');

/** Of a bar of buttons, in a container that is called `call`. */
export const toolbarStyles = css`
  ${toggleStyles}

  .toolbar {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.375em;
  }

  .leave {
    color: #fff;
    background: var(--rtc-danger, #c9302c);
  }

  @container call (inline-size < 22rem) {
    .toolbar {
      gap: 0.25em;
    }

    .join,
    .leave {
      padding-inline: 0.5em;
    }

    .leave span {
      display: none;
    }
  }

  @container call (inline-size < 19rem) {
    .toolbar button {
      min-inline-size: 44px;
      min-block-size: 44px;
    }
  }
`;
