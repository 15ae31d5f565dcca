import { html, nothing, type TemplateResult } from 'lit';
import type { Text } from '../internal/kit-element.js';
import type { Choice } from './choices.js';

/** All that the looks of the list follow from. */
export interface SelectModel {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly disabled: boolean;
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
  const { label, value, choices, disabled, asks, text } = model;
  const known = choices.some(({ deviceId }) => deviceId === value);
  const option = ({ deviceId, label: name, number }: Choice): TemplateResult => {
    const words = name || (deviceId ? text('unnamed', { kind: label, number }) : text('default'));
    return html`<option value=${deviceId}>${words}</option>`;
  };
  return html`
    <label>
      <span part="label">${label}</span>
      <select
        part="select"
        ?disabled=${disabled}
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
