import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import type { CallStats } from '../components/call-stats/call-stats.js';
import '../components/call-stats/define.js';
import { MemorySignaling } from '../components/engine/signaling/memory.js';
import '../components/media-generator/define.js';
import '../components/peer-call/define.js';

type Args = Pick<CallStats, 'interval' | 'compact'>;

/** The figures of a call with others who are not shown: the first come after some seconds. */
const figures = ({ interval, compact }: Args, others: readonly string[]): TemplateResult => {
  const signaling = new MemorySignaling();
  const id = `call-${crypto.randomUUID()}`;
  return html`
    <media-generator id="${id}-camera" pattern="ball" width="640" height="360" autostart></media-generator>
    ${['Me', ...others].map(
      (name, at) => html`
        <peer-call
          id=${at ? `${id}-${at}` : id}
          hidden
          room="story"
          name=${name}
          source="${id}-camera"
          autojoin
          .signaling=${signaling}
        ></peer-call>
      `,
    )}
    <call-stats for=${id} interval=${interval} ?compact=${compact}></call-stats>
  `;
};

const meta: Meta<CallStats> = {
  title: 'Elements/call-stats',
  component: 'call-stats',
  args: { interval: 2000, compact: false },
  render: (args) => figures(args, ['Ada']),
};

export default meta;
type Story = StoryObj<CallStats>;

/** The connection to one other. */
export const One: Story = {};

/** Those to three others. */
export const Three: Story = { render: (args) => figures(args, ['Ada', 'Björn', 'Chidi']) };

/** A badge. */
export const Compact: Story = { args: { compact: true } };

/** Nobody else is there. */
export const Alone: Story = { render: (args) => figures(args, []) };

/** As in a side panel of a phone. */
export const Narrow: Story = {
  render: (args) => html`
    <style>
      .narrow {
        max-inline-size: 200px;
      }
    </style>
    <div class="narrow">${figures(args, ['Ada'])}</div>
  `,
};
