import { css, html, nothing, type TemplateResult } from 'lit';
import { isActive } from './call-states.js';
import { icon } from './icons.js';
import { ignore } from './notices.js';
import type { Text } from './peer-call.strings.js';
import type { RovingFocus } from './roving-focus.js';
import { buttonStyles, renderDeviceToggles, renderToggle, type Controlled } from './toggles.js';

export { RovingFocus } from './roving-focus.js';

/** The buttons of the control bar: one tab stop. `large`: one tile is shown large. */
export function renderControls(
  call: Controlled,
  text: Text,
  focus: RovingFocus,
  large: boolean,
): TemplateResult {
  const { state } = call;
  const active = isActive(state);
  const sharing = Boolean(state.localScreen);
  const door = active ? 'leave' : 'join';
  return html`
    <div
      class="toolbar"
      role="toolbar"
      aria-label=${text('controls')}
      @keydown=${focus.onKeydown}
      @focusin=${focus.onFocusin}
    >
      ${renderDeviceToggles(call, text)}
      ${
        canShare()
          ? renderToggle('share-screen', sharing, active, screenIcon(), text, () =>
              sharing ? call.stopSharing() : ignore(call.shareScreen()),
            )
          : nothing
      }
      ${renderToggle('large-view', large, state.peers.length > 0, layoutIcon(), text, () => {
        call.layout = large ? 'grid' : 'speaker';
        call.pin(null);
      })}
      <button
        class=${door}
        type="button"
        title=${text(door)}
        aria-label=${text(door)}
        @click=${(event: MouseEvent) => {
          // The second click of a double click on "Join" would leave again.
          if (event.detail > 1) return;
          if (active) call.leave();
          else ignore(call.join());
        }}
      >
        ${active ? leaveIcon() : nothing}<span>${text(door)}</span>
      </button>
    </div>
  `;
}

const canShare = (): boolean => 'getDisplayMedia' in (globalThis.navigator?.mediaDevices ?? {});

const screenIcon = (): TemplateResult =>
  icon('M4 4h16q2 0 2 2v9q0 2-2 2H4q-2 0-2-2V6q0-2 2-2zM8 21h8M12 14V7M9 10l3-3 3 3');

const layoutIcon = (): TemplateResult =>
  icon('M4 5h9q2 0 2 2v10q0 2-2 2H4q-2 0-2-2V7q0-2 2-2zM19 5h3v3h-3zM19 16h3v3h-3zM19 10.5h3v3h-3z');

const leaveIcon = (): TemplateResult => icon('M3 14q9-8 18 0l-2 3-4-2v-2q-3-1-6 0v2l-4 2z');

export const styles = css`
  ${buttonStyles}

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
    .leave span {
      display: none;
    }
  }
`;
