import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import type { DeviceSelect } from '../components/device-select/device-select.js';
import '../components/device-select/define.js';
import '../components/stream-preview/define.js';

type Args = Pick<DeviceSelect, 'kind' | 'label' | 'disabled'>;

const select = ({ kind, label, disabled }: Partial<Args>, id = 'preview'): TemplateResult => html`
  <device-select
    for=${id}
    kind=${kind ?? 'camera'}
    .label=${label ?? null}
    ?disabled=${disabled}
  ></device-select>
`;

const meta: Meta<Args> = {
  title: 'Elements/device-select',
  component: 'device-select',
  args: { kind: 'camera', label: null, disabled: false },
  argTypes: { kind: { control: 'inline-radio', options: ['camera', 'microphone', 'speaker'] } },
  render: (args) => html`
    <style>
      .frame {
        display: grid;
        gap: 1rem;
        max-inline-size: 32rem;
      }
    </style>
    <div class="frame">
      <stream-preview id="preview" capture="user"></stream-preview>
      ${select(args)}
    </div>
  `,
};

export default meta;
type Story = StoryObj<Args>;

/** The cameras that can be captured; their names come with the permission. */
export const Camera: Story = {};

/** Nothing can be chosen. */
export const Disabled: Story = { args: { disabled: true } };

/** All three below one preview; what cannot be chosen hides itself. */
export const All: Story = {
  render: () => html`
    <style>
      .devices {
        display: flex;
        flex-wrap: wrap;
        gap: 1rem;
      }
    </style>
    <stream-preview id="all" capture="user"></stream-preview>
    <div class="devices">
      ${(['camera', 'microphone', 'speaker'] as const).map((kind) => select({ kind }, 'all'))}
    </div>
  `,
};
