import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import type { CallChat } from '../components/call-chat/call-chat.js';
import '../components/call-chat/define.js';
import '../components/peer-call/define.js';

type Args = Pick<CallChat, 'label'>;

/** Chats side by side, each beside a call that is not shown: in one page, without a server and without a camera. */
const chats = ({ label }: Args, names: readonly string[]): TemplateResult => {
  const room = crypto.randomUUID();
  return html`
    <style>
      .chats {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr));
        gap: 1rem;
      }
    </style>
    <div class="chats">
      ${names.map(
        (name) => html`
          <peer-call
            id="${name}-${room}"
            hidden
            room=${room}
            name=${name}
            signaling="broadcast:"
            autojoin
          ></peer-call>
          <call-chat for="${name}-${room}" label="${label ?? 'Chat'} of ${name}"></call-chat>
        `,
      )}
    </div>
  `;
};

/** The calls of a story as soon as they are connected. */
const connected = (canvas: HTMLElement): Promise<void> => {
  const calls = [...canvas.querySelectorAll('peer-call')];
  return new Promise((resolve) => {
    const look = (): void => {
      if (calls.every(({ state }) => state.status === 'connected')) resolve();
    };
    for (const call of calls) call.addEventListener('call-state-change', look);
    look();
  });
};

/** A picture of an evening. */
const photo = (): Promise<File> =>
  new Promise((resolve) => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 640, height: 400 });
    const context = canvas.getContext('2d')!;
    const sky = context.createLinearGradient(0, 0, 0, 400);
    ['#27327d', '#e0655c', '#ffc46b'].forEach((color, at) => sky.addColorStop(at / 2, color));
    context.fillStyle = sky;
    context.fillRect(0, 0, 640, 400);
    context.fillStyle = '#fff6d8';
    context.arc(320, 300, 60, 0, 7);
    context.fill();
    context.fillStyle = '#141a36';
    context.fillRect(0, 300, 640, 100);
    canvas.toBlob((blob) => resolve(new File([blob!], 'evening.png', { type: 'image/png' })), 'image/png');
  });

const meta: Meta<CallChat> = {
  title: 'Elements/call-chat',
  component: 'call-chat',
  args: { label: 'Chat' },
  render: (args) => chats(args, ['Ann', 'Ben']),
};

export default meta;
type Story = StoryObj<CallChat>;

/** Two in a room: write, and drop a file onto one of them. */
export const Two: Story = {};

/** Words, a picture that is offered, and a file that waits for an answer. */
export const Conversation: Story = {
  play: async ({ canvasElement }) => {
    await connected(canvasElement);
    const [ann, ben] = canvasElement.querySelectorAll('peer-call');
    await ann!.send('Look what I saw on my way home.');
    ann!.sendFile(await photo()).catch(() => {});
    await ben!.send('Let me see!');
    await ben!.send('هل يمكنك إرسالها مرة أخرى غدًا؟');
    ben!.sendFile(new File([new Uint8Array(2_300_000)], 'notes.pdf')).catch(() => {});
  },
};

/** Nobody else is there. */
export const Alone: Story = { render: (args) => chats(args, ['Ann']) };

/** Beside no call at all. */
export const WithoutCall: Story = {
  render: ({ label }) => html`<call-chat label=${label ?? ''}></call-chat>`,
};

/** As in a side panel of a phone. */
export const Narrow: Story = {
  ...Conversation,
  render: (args) => html`
    <style>
      .narrow {
        max-inline-size: 200px;
      }
    </style>
    <div class="narrow">${chats(args, ['Ann', 'Ben'])}</div>
  `,
};
