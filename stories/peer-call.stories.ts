import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '../components/media-generator/define.js';
import { MemorySignaling } from '../components/engine/signaling/memory.js';
import type { PeerCall } from '../components/peer-call/peer-call.js';
import '../components/peer-call/define.js';

const patterns = ['ball', 'clock', 'smpte', 'solid'];
const names = ['Ada', 'Björn', 'Chidi', 'Devi', 'Emre', 'Femi', 'Grace'];

/** A call with `others` who are not shown: no story needs a network, a server or a camera. */
const call = (
  { name, controls, maxPeers }: Pick<PeerCall, 'name' | 'controls' | 'maxPeers'>,
  others: number,
): TemplateResult => {
  const signaling = new MemorySignaling();
  return html`
    <media-generator id="me" pattern="clock" text=${name} autostart></media-generator>
    <peer-call
      room="story"
      source="me"
      autojoin
      name=${name}
      ?controls=${controls}
      max-peers=${maxPeers ?? 8}
      .signaling=${signaling}
    ></peer-call>
    ${names.slice(0, others).map(
      (other, index) => html`
        <media-generator
          id="camera-${index}"
          pattern=${patterns[index % patterns.length]!}
          text=${other}
          width="320"
          height="180"
          frame-rate="10"
          autostart
        ></media-generator>
        <peer-call
          hidden
          room="story"
          autojoin
          source=${index === 2 ? '' : `camera-${index}`}
          name=${other}
          .signaling=${signaling}
        ></peer-call>
      `,
    )}
  `;
};

const meta: Meta<PeerCall> = {
  title: 'Elements/peer-call',
  component: 'peer-call',
  args: { name: 'Me', controls: true, maxPeers: 8 },
  render: (args) => call(args, 1),
};

export default meta;
type Story = StoryObj<PeerCall>;

/** Two in a room. */
export const Two: Story = {};

/** Alone until somebody comes. */
export const Waiting: Story = { render: (args) => call(args, 0) };

/** Four, and one of them without a camera. */
export const Four: Story = { render: (args) => call(args, 3) };

/** A full house. */
export const Eight: Story = { render: (args) => call(args, 7) };

/** As on a phone. */
export const Narrow: Story = {
  render: (args) => html`
    <style>
      .phone {
        max-width: 320px;
      }
    </style>
    <div class="phone">${call(args, 1)}</div>
  `,
};

/** Before the first join: a room, and a button. */
export const BeforeJoining: Story = {
  render: ({ name, controls }) => html`
    <media-generator id="me" pattern="clock" autostart></media-generator>
    <peer-call
      room="story"
      source="me"
      name=${name}
      ?controls=${controls}
      .signaling=${new MemorySignaling()}
    ></peer-call>
  `,
};

/** What went wrong, and a way to try again. */
export const Failed: Story = {
  render: ({ name, controls }) => html`
    <peer-call room="story" signaling="nowhere" autojoin name=${name} ?controls=${controls}></peer-call>
  `,
};

/** The page's own words and buttons, which are invoker commands and need no script. */
export const OwnControls: Story = {
  render: ({ name }) => html`
    <style>
      .own {
        margin: 0 0 0.75rem;
        text-align: center;
      }
    </style>
    <media-generator id="me" pattern="clock" autostart></media-generator>
    <peer-call id="own" room="story" source="me" autojoin name=${name} .signaling=${new MemorySignaling()}>
      <p slot="waiting">Ann will be with you in a moment.</p>
      <p slot="controls" class="own">
        <button commandfor="own" command="--toggle-video">Camera</button>
        <button commandfor="own" command="--leave">Hang up</button>
      </p>
    </peer-call>
  `,
};
