import { css, html, nothing, type TemplateResult } from 'lit';
import type { CallState } from '../engine/call/call-state.js';
import { cameraIcon, microphoneIcon } from './call-icons.js';
import type { Text } from './kit-element.js';

/** What a button turns on and off: `call` is to be in the call. */
export type Control = 'microphone' | 'camera' | 'screen' | 'call';
/** Does what a button asks for, or has it done. */
export type Act = (control: Control, on: boolean) => void;

/** What the buttons control. */
export interface Controllable {
  join(): Promise<void>;
  leave(): void;
  toggleAudio(on: boolean): void;
  toggleVideo(on: boolean): void;
  shareScreen(): Promise<void>;
  stopSharing(): void;
}

/** What the buttons show. */
export type Controlled = Pick<CallState, 'audio' | 'video' | 'localStream' | 'localScreen'>;

/** A button that is pressed or not. */
export interface Toggle {
  /** Its class, and the key of its word. */
  readonly name: string;
  readonly on: boolean;
  readonly usable: boolean;
  readonly icon: TemplateResult;
  readonly act: () => void;
}

/** Does what a button asks for. */
export function perform(call: Controllable, control: Control, on: boolean): void {
  switch (control) {
    case 'microphone':
      return call.toggleAudio(on);
    case 'camera':
      return call.toggleVideo(on);
    case 'screen':
      return on ? ignore(call.shareScreen()) : call.stopSharing();
    case 'call':
      return on ? ignore(call.join()) : call.leave();
  }
}

/** Microphone and camera, of use where there are some. */
export function deviceToggles({ audio, video, localStream }: Controlled, act: Act): [Toggle, Toggle] {
  const has = (kind: string): boolean =>
    Boolean(localStream?.getTracks().some((track) => track.kind === kind));
  return [
    {
      name: 'microphone',
      on: audio,
      usable: has('audio'),
      icon: microphoneIcon(audio),
      act: () => act('microphone', !audio),
    },
    {
      name: 'camera',
      on: video,
      usable: has('video'),
      icon: cameraIcon(video),
      act: () => act('camera', !video),
    },
  ];
}

/** What a pointer is told of a button: its name, and the key that does the same, where there is one. */
export const titleOf = (label: string, shortcut: string): string =>
  shortcut ? `${label} (${shortcut})` : label;

/** `shortcut`: the key that does the same, where there is one. */
export function renderToggle(
  { name, on, usable, icon, act }: Toggle,
  text: Text,
  shortcut = '',
): TemplateResult {
  return html`
    <button
      class=${name}
      part="button"
      type="button"
      title=${titleOf(text(name), shortcut)}
      aria-label=${text(name)}
      aria-pressed=${String(on)}
      aria-disabled=${usable ? nothing : 'true'}
      aria-keyshortcuts=${shortcut || nothing}
      @click=${() => {
        if (usable) act();
      }}
    >
      ${icon}
    </button>
  `;
}

/** A click on what joins and leaves: the second one of a double click would take the first back. */
export function passDoor({ detail }: MouseEvent, active: boolean, act: Act): void {
  if (detail <= 1) act('call', !active);
}

/** A button has nobody to hand a rejection to: the call fires `error` and shows it. */
function ignore(promise: Promise<unknown>): void {
  promise.catch(() => {});
}

/** Of buttons that are pressed or not, wherever they are. */
export const toggleStyles = css`
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

  /* No more than an icon, and so round. */
  button:where([aria-pressed]) {
    padding-inline: 0.5em;
  }

  [aria-disabled] {
    cursor: default;
    opacity: 0.5;
  }

  @media (forced-colors: active) {
    [aria-pressed='true'],
    [aria-expanded='true'] {
      border: 4px solid;
    }

    [aria-disabled] {
      color: GrayText;
      opacity: 1;
    }
  }
`;
