import type { TemplateResult } from 'lit';
import type { CallState } from '../engine/call/call-state.js';
import { renderDoor, renderToolbar, screenToggle } from '../internal/call-bar.js';
import { isActive } from '../internal/call-states.js';
import {
  deviceToggles,
  perform,
  renderToggle,
  type Act,
  type Controllable,
  type Toggle,
} from '../internal/call-toggles.js';
import type { RovingFocus } from '../internal/roving-focus.js';
import type { CallLayout } from './arranging.js';
import { icon } from './icons.js';
import type { Text } from './peer-call.strings.js';

export { toolbarStyles as styles } from '../internal/call-bar.js';
export { RovingFocus } from '../internal/roving-focus.js';

/** The element whose call the bar controls. */
interface Shown extends Controllable {
  readonly state: CallState;
  layout: CallLayout;
  pin(peerId: string | null): void;
}

/** The buttons of the control bar. `large`: one tile is shown large. */
export function renderControls(call: Shown, text: Text, focus: RovingFocus, large: boolean): TemplateResult {
  const { state } = call;
  const active = isActive(state);
  const act: Act = (control, on) => perform(call, control, on);
  const toggles = [...deviceToggles(state, act), screenToggle(state, active, act), largeToggle(call, large)];
  const buttons = [
    toggles.map((toggle) => toggle && renderToggle(toggle, text)),
    renderDoor(active, text, act),
  ];
  return renderToolbar(buttons, text, focus);
}

const largeToggle = (call: Shown, large: boolean): Toggle => ({
  name: 'large-view',
  on: large,
  usable: call.state.peers.length > 0,
  icon: icon('M4 5h9q2 0 2 2v10q0 2-2 2H4q-2 0-2-2V7q0-2 2-2zM19 5h3v3h-3zM19 16h3v3h-3zM19 10.5h3v3h-3z'),
  act: () => {
    call.layout = large ? 'grid' : 'speaker';
    call.pin(null);
  },
});
