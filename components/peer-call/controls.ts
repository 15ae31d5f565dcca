import { html, nothing, type TemplateResult } from 'lit';
import type { CallState } from '../engine/call/room.js';
import { isActive } from './call.js';
import { cameraIcon, leaveIcon, microphoneIcon, screenIcon } from './icons.js';
import type { Text } from './peer-call.strings.js';
import type { RovingFocus } from './roving-focus.js';

/** The element whose call the bar controls. */
interface Controlled {
  readonly state: CallState;
  join(): Promise<void>;
  leave(): void;
  toggleAudio(): void;
  toggleVideo(): void;
  shareScreen(): Promise<void>;
  stopSharing(): void;
}

/** The control bar: real buttons, one tab stop. */
export function renderControls(call: Controlled, text: Text, focus: RovingFocus): TemplateResult {
  const { state } = call;
  const has = (kind: string): boolean =>
    Boolean(state.localStream?.getTracks().some((track) => track.kind === kind));
  const active = isActive(state);
  const sharing = Boolean(state.localScreen);
  return html`
    <div
      class="toolbar"
      role="toolbar"
      aria-label=${text('controls')}
      @keydown=${focus.onKeydown}
      @focusin=${focus.onFocusin}
    >
      ${toggle('microphone', state.audio, has('audio'), microphoneIcon(state.audio), text, () => call.toggleAudio())}
      ${toggle('camera', state.video, has('video'), cameraIcon(state.video), text, () => call.toggleVideo())}
      ${
        canShare()
          ? toggle('share-screen', sharing, active, screenIcon(), text, () =>
              sharing ? call.stopSharing() : ignore(call.shareScreen()),
            )
          : nothing
      }
      <button
        class=${active ? 'leave' : 'join'}
        type="button"
        @click=${(event: MouseEvent) => {
          // The second click of a double click on "Join" would leave again.
          if (event.detail > 1) return;
          if (active) call.leave();
          else ignore(call.join());
        }}
      >
        ${active ? leaveIcon() : nothing}${text(active ? 'leave' : 'join')}
      </button>
    </div>
  `;
}

function toggle(
  name: 'microphone' | 'camera' | 'share-screen',
  on: boolean,
  usable: boolean,
  icon: TemplateResult,
  text: Text,
  act: () => void,
): TemplateResult {
  return html`
    <button
      class=${name}
      type="button"
      title=${text(name)}
      aria-label=${text(name)}
      aria-pressed=${String(on)}
      aria-disabled=${usable ? nothing : 'true'}
      @click=${() => {
        if (usable) act();
      }}
    >
      ${icon}
    </button>
  `;
}

const canShare = (): boolean => 'getDisplayMedia' in (globalThis.navigator?.mediaDevices ?? {});

/** A button has nobody to hand a rejection to: the tag fires `error` and shows it. */
export function ignore(promise: Promise<unknown>): void {
  promise.catch(() => {});
}
