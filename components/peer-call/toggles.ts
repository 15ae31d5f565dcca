import { css, html, nothing, type TemplateResult } from 'lit';
import type { CallState } from '../engine/call/room.js';
import type { CallLayout } from './arranging.js';
import { cameraIcon, microphoneIcon } from './icons.js';
import type { Text } from './peer-call.strings.js';

/** The element whose call the bar controls. */
export interface Controlled {
  readonly state: CallState;
  layout: CallLayout;
  pin(peerId: string | null): void;
  join(): Promise<void>;
  leave(): void;
  toggleAudio(): void;
  toggleVideo(): void;
  shareScreen(): Promise<void>;
  stopSharing(): void;
}

/** Microphone and camera, of use where there are some. */
export function renderDeviceToggles(
  call: Pick<Controlled, 'state' | 'toggleAudio' | 'toggleVideo'>,
  text: Text,
): TemplateResult[] {
  const { audio, video, localStream } = call.state;
  const has = (kind: string): boolean =>
    Boolean(localStream?.getTracks().some((track) => track.kind === kind));
  return [
    renderToggle('microphone', audio, has('audio'), microphoneIcon(audio), text, () => call.toggleAudio()),
    renderToggle('camera', video, has('video'), cameraIcon(video), text, () => call.toggleVideo()),
  ];
}

/** A button that is pressed or not. */
export function renderToggle(
  name: 'microphone' | 'camera' | 'share-screen' | 'large-view',
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

/** Of the buttons that lobby and bar have in common. */
export const buttonStyles = css`
  .join,
  .share-screen[aria-pressed='true'],
  .large-view[aria-pressed='true'] {
    color: var(--_on-accent);
    background: var(--_accent);
  }

  .microphone[aria-pressed='false'],
  .camera[aria-pressed='false'] {
    color: var(--_danger);
  }

  [aria-disabled] {
    cursor: default;
    opacity: 0.5;
  }

  @media (forced-colors: active) {
    [aria-pressed='true'] {
      border: 4px solid;
    }
  }
`;
