import { html, nothing, type TemplateResult } from 'lit';
import type { Text } from '../internal/kit-element.js';
import type { Choice } from './choices.js';

/** All that the looks of the list follow from. */
export interface SelectModel {
  readonly label: string;
  /** What those hear who do not see the label, and those around it. */
  readonly name: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly disabled: boolean;
  readonly required: boolean;
  /** Whether the browser has a list of its own to open. */
  readonly asks: boolean;
  readonly text: Text;
}

/** What the list does when it is used. */
export interface SelectActions {
  readonly choose: (deviceId: string) => void;
  readonly ask: () => void;
}

export function view(model: SelectModel, { choose, ask }: SelectActions): TemplateResult {
  const { label, name, value, choices, disabled, required, asks, text } = model;
  const known = choices.some(({ deviceId }) => deviceId === value);
  const option = ({ deviceId, label: device, number }: Choice): TemplateResult => {
    const words = device || (deviceId ? text('unnamed', { kind: label, number }) : text('default'));
    return html`<option value=${deviceId}>${words}</option>`;
  };
  return html`
    <label>
      <span part="label">${label}</span>
      <select
        part="select"
        ?disabled=${disabled}
        ?required=${required}
        aria-label=${name}
        @change=${({ target }: Event) => choose((target as HTMLSelectElement).value)}
        @input=${(event: Event) => event.stopPropagation()}
      >
        ${known ? nothing : html`<option value=${value} hidden>${text('default')}</option>`}
        ${choices.map(option)}
      </select>
    </label>
    ${
      asks ? html`<button part="other-button" type="button" @click=${ask}>${text('other')}</button>` : nothing
    }
  `;
}
