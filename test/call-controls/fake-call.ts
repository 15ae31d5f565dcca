import type { CallControls } from '../../components/call-controls/call-controls.js';
import { CallStateChangeEvent } from '../../components/engine/call/events.js';
import type { CallState } from '../../components/engine/call/room.js';
import { madeState } from '../peer-call/made.js';

/** A call without any connection, which notes what it is asked to do and does nothing of it. */
export class FakeCall extends HTMLElement {
  readonly asked: string[] = [];
  state: CallState = madeState();

  become(state: Partial<CallState>): void {
    this.state = madeState(state);
    this.dispatchEvent(new CallStateChangeEvent(this.state));
  }

  async join(): Promise<void> {
    this.asked.push('join');
  }

  leave(): void {
    this.asked.push('leave');
  }

  toggleAudio(on?: boolean): void {
    this.asked.push(`audio ${on}`);
  }

  toggleVideo(on?: boolean): void {
    this.asked.push(`video ${on}`);
  }

  /** Rejects, as where somebody declines: that is no error of the page. */
  async shareScreen(): Promise<void> {
    this.asked.push('share');
    throw new Error('declined');
  }

  stopSharing(): void {
    this.asked.push('stop sharing');
  }
}
customElements.define('fake-call', FakeCall);

/** A track of each kind, of nothing. */
export function devices(): MediaStream {
  const { stream } = new AudioContext().createMediaStreamDestination();
  const canvas = document.createElement('canvas');
  canvas.getContext('2d');
  return new MediaStream([...stream.getTracks(), ...canvas.captureStream().getTracks()]);
}

let calls = 0;

/** In the document. */
export function addFake(state: Partial<CallState> = {}): FakeCall {
  const call = document.createElement('fake-call') as FakeCall;
  call.id = `call-${++calls}`;
  call.state = madeState(state);
  document.body.append(call);
  return call;
}

/** A bar for a call that a test plays. */
export async function addControls(
  state: Partial<CallState> = {},
  properties: Partial<CallControls> = {},
): Promise<{ call: FakeCall; controls: CallControls }> {
  const call = addFake(state);
  const controls = document.createElement('call-controls');
  Object.assign(controls, { htmlFor: call.id, ...properties });
  document.body.append(controls);
  await controls.updateComplete;
  return { call, controls };
}

export const buttons = (controls: CallControls): HTMLButtonElement[] => [
  ...controls.shadowRoot!.querySelectorAll<HTMLButtonElement>('[role="toolbar"] button'),
];

/** The button of this class. */
export const button = (controls: CallControls, name: string): HTMLButtonElement =>
  controls.shadowRoot!.querySelector<HTMLButtonElement>(`.${name}`)!;

/** The classes of the buttons. */
export const names = (controls: CallControls): string =>
  buttons(controls)
    .map(({ className }) => className)
    .join(' ');
