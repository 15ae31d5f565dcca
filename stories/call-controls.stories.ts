import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '../components/call-chat/define.js';
import type { CallControls } from '../components/call-controls/call-controls.js';
import '../components/call-controls/define.js';
import '../components/device-select/define.js';
import { MemorySignaling } from '../components/engine/signaling/memory.js';
import '../components/media-generator/define.js';
import '../components/peer-call/define.js';

type Args = Pick<CallControls, 'hide'>;

/** A bar below a call of one, in which nothing but the bar is pressed. */
const bar = ({ hide }: Args, id: string, joins = true): TemplateResult => html`
  <media-generator
    id="${id}-camera"
    kind="audio video"
    pattern="ball"
    tone="silence"
    autostart
  ></media-generator>
  <peer-call
    id=${id}
    room="story"
    name="Me"
    source="${id}-camera"
    ?autojoin=${joins}
    .signaling=${new MemorySignaling()}
  ></peer-call>
  <call-controls for=${id} hide=${hide}></call-controls>
`;

const meta: Meta<CallControls> = {
  title: 'Elements/call-controls',
  component: 'call-controls',
  args: { hide: '' },
  render: (args) => bar(args, 'call'),
};

export default meta;
type Story = StoryObj<CallControls>;

/** The buttons of a call that is above them. Press M and V, too. */
export const Bar: Story = {};

/** Before joining. */
export const Outside: Story = { render: (args) => bar(args, 'outside', false) };

/** Inside of the call, in place of its own bar, and without the button that shares a screen. */
export const Inside: Story = {
  args: { hide: 'screen' },
  render: ({ hide }) => html`
    <peer-call room="story" name="Me" autojoin .signaling=${new MemorySignaling()}>
      <call-controls slot="controls" hide=${hide}></call-controls>
    </peer-call>
  `,
};

/** A chat that a button shows, and devices in a popover. */
export const WithPanels: Story = {
  render: ({ hide }) => html`
    <peer-call
      id="panels"
      hidden
      room="story"
      name="Me"
      autojoin
      .signaling=${new MemorySignaling()}
    ></peer-call>
    <call-chat id="chat" for="panels" hidden></call-chat>
    <div id="devices" popover>
      <device-select for="panels" kind="camera"></device-select>
      <device-select for="panels" kind="microphone"></device-select>
    </div>
    <call-controls for="panels" chat="chat" devices="devices" hide=${hide}></call-controls>
  `,
};

/** Below no call at all. */
export const WithoutCall: Story = {
  render: ({ hide }) => html`<call-controls hide=${hide}></call-controls>`,
};

/** As on the smallest of phones. */
export const Narrow: Story = {
  render: (args) => html`
    <style>
      .narrow {
        max-inline-size: 200px;
      }
    </style>
    <div class="narrow">${bar(args, 'narrow')}</div>
  `,
};
