import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import '../components/media-generator/define.js';
import type { StreamMeter } from '../components/stream-meter/stream-meter.js';
import '../components/stream-meter/define.js';

type Args = Pick<StreamMeter, 'threshold'> & { tone: string; volume: number };

const meta: Meta<Args> = {
  title: 'Elements/stream-meter',
  component: 'stream-meter',
  args: { tone: 'pink-noise', volume: 0.5, threshold: -40 },
  argTypes: {
    tone: { control: 'select', options: ['sine', 'beep', 'pink-noise', 'sweep', 'silence'] },
    volume: { control: { type: 'range', min: 0, max: 1, step: 0.05 } },
    threshold: { control: { type: 'range', min: -60, max: 0, step: 1 } },
  },
  render: ({ tone, volume, threshold }) => html`
    <style>
      stream-meter {
        max-inline-size: 20rem;
      }
    </style>
    <media-generator id="sound" kind="audio" tone=${tone} volume=${volume} autostart></media-generator>
    <stream-meter source="sound" threshold=${threshold}></stream-meter>
  `,
};

export default meta;
type Story = StoryObj<Args>;

/** Pink noise: green while it is as loud as speech. A browser may want a click before it measures. */
export const Noise: Story = {};

/** The peak stays while the sound is gone. */
export const Beep: Story = { args: { tone: 'beep' } };

/** Nothing to measure. */
export const Silent: Story = { args: { tone: 'silence' } };

/** Other looks. */
export const Tall: Story = {
  render: () => html`
    <style>
      .tall {
        --stream-meter-radius: 4px;
        --stream-meter-color: #7b61d1;
        block-size: 2rem;
      }
    </style>
    <media-generator id="sweep" kind="audio" tone="sweep" volume="0.4" autostart></media-generator>
    <stream-meter class="tall" source="sweep" threshold="0"></stream-meter>
  `,
};
