import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '../components/media-generator/define.js';
import { MemorySignaling } from '../components/engine/signaling/memory.js';
import type { Signaling } from '../components/engine/signaling/signaling.js';
import type { PeerCall } from '../components/peer-call/peer-call.js';
import '../components/peer-call/define.js';

type Args = Pick<PeerCall, 'name' | 'controls' | 'maxPeers' | 'layout' | 'lobby'>;

const patterns = ['ball', 'clock', 'smpte', 'solid'];
const names = ['Ada', 'Björn', 'Chidi', 'Devi', 'Emre', 'Femi', 'Grace'];

/** A call with `others` who are not shown: no story needs a network, a server or a camera. */
const call = (
  { name, controls, maxPeers, layout, lobby }: Args,
  others: number,
  wrap: (signaling: Signaling) => Signaling = (signaling) => signaling,
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
      ?lobby=${lobby}
      layout=${layout}
      max-peers=${maxPeers ?? 8}
      .signaling=${wrap(signaling)}
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

/** The id of the one with this name, as soon as there is a connection. */
const idOf = (shown: PeerCall, name: string): Promise<string> =>
  new Promise((resolve) => {
    const look = (): void => {
      const peer = shown.peers.find((one) => one.name === name && one.status === 'connected');
      if (!peer) return;
      shown.removeEventListener('call-state-change', look);
      resolve(peer.id);
    };
    shown.addEventListener('call-state-change', look);
    look();
  });

/** Loses the way to the room once the others are there. */
const lost = (signaling: Signaling): Signaling => ({
  async open(address, handlers, signal) {
    const channel = await signaling.open(address, handlers, signal);
    setTimeout(() => handlers.reachable(false), 3000);
    return channel;
  },
});

const meta: Meta<PeerCall> = {
  title: 'Elements/peer-call',
  component: 'peer-call',
  args: { name: 'Me', controls: true, maxPeers: 8, layout: 'grid', lobby: false },
  argTypes: { layout: { control: 'inline-radio', options: ['grid', 'speaker'] } },
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

/** One large, the others in a strip beside it: whoever speaks or spoke last. */
export const Speaker: Story = { args: { layout: 'speaker' }, render: (args) => call(args, 4) };

/** With one other, our own picture lies in a corner. */
export const SpeakerOfTwo: Story = { args: { layout: 'speaker' }, render: (args) => call(args, 1) };

/** Somebody stays large whoever speaks. The button in the corner of a tile does it, and a double click. */
export const Pinned: Story = {
  render: (args) => call(args, 5),
  play: async ({ canvasElement }) => {
    const shown = canvasElement.querySelector('peer-call')!;
    shown.pin(await idOf(shown, 'Chidi'));
  },
};

/** A screen has a tile of its own, larger than the people. */
export const SharedScreen: Story = {
  render: (args) => html`
    <media-generator
      id="slides"
      pattern="grid"
      text="Slides"
      width="1280"
      height="720"
      autostart
    ></media-generator>
    ${call(args, 3)}
  `,
  play: async ({ canvasElement }) => {
    const [shown, other] = canvasElement.querySelectorAll('peer-call');
    await idOf(shown!, other!.name);
    const { stream } = canvasElement.querySelector('media-generator')!;
    const { mediaDevices } = navigator;
    // In place of the browser's window, in which somebody would have to choose.
    mediaDevices.getDisplayMedia = async () => stream!.clone();
    await other!.shareScreen();
    Reflect.deleteProperty(mediaDevices, 'getDisplayMedia');
  },
};

/** The same with the screen large and the people in a strip. */
export const SharedScreenLarge: Story = { ...SharedScreen, args: { layout: 'speaker' } };

/** Our own picture first, and the way in by a button. */
export const Lobby: Story = { args: { lobby: true }, render: (args) => call(args, 1) };

/** The way to the room is lost: the call goes on, and nobody new can come. */
export const OutOfReach: Story = { render: (args) => call(args, 2, lost) };

/** As on a phone. */
export const Narrow: Story = {
  render: (args) => html`
    <style>
      .phone {
        max-width: 320px;
      }
    </style>
    <div class="phone">${call(args, args.layout === 'speaker' ? 4 : 1)}</div>
  `,
};

/** As on a phone, one large. */
export const NarrowSpeaker: Story = { ...Narrow, args: { layout: 'speaker' } };

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
