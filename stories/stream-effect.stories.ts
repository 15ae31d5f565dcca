import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, nothing, type TemplateResult } from 'lit';
import { effects } from '../components/engine/effect/settings.js';
import '../components/media-generator/define.js';
import type { StreamEffect } from '../components/stream-effect/stream-effect.js';
import '../components/stream-effect/define.js';
import '../components/stream-preview/define.js';
import { personInARoom } from './person-in-a-room.js';

type Args = Partial<Pick<StreamEffect, 'effect' | 'amount' | 'text' | 'processor' | 'kind'>> & {
  pattern?: string;
};

const columns = html`
  <style>
    .views {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr));
      gap: 1rem;
    }
  </style>
`;

/** Of elements with these ids, which are the story's own: the page of the element shows all stories. */
const views = (id: string): TemplateResult => html`
  <div class="views">
    <stream-preview source="camera-${id}" muted></stream-preview>
    <stream-preview source="made-${id}" muted></stream-preview>
  </div>
`;

/** An effect is not displayed itself: one preview shows what goes in, and one what comes out. */
const meta: Meta<Args> = {
  title: 'Elements/stream-effect',
  component: 'stream-effect',
  argTypes: {
    effect: { control: 'select', options: effects },
    amount: { control: 'number' },
  },
  render: ({ effect, amount, text, processor, kind, pattern = 'ball' }, { id }) => html`
    ${columns}
    <media-generator
      id="camera-${id}"
      pattern=${pattern}
      width="640"
      height="360"
      autostart
    ></media-generator>
    <stream-effect
      id="made-${id}"
      source="camera-${id}"
      effect=${effect ?? nothing}
      amount=${amount ?? nothing}
      text=${text ?? nothing}
      kind=${kind ?? nothing}
      .processor=${processor ?? null}
    ></stream-effect>
    ${views(id)}
  `,
};

export default meta;
type Story = StoryObj<Args>;

/** Without colours; `amount` says how much of them goes. */
export const Grayscale: Story = { args: { effect: 'grayscale', pattern: 'smpte' } };

/** Soft: `amount` is about the pixels that run into each other. */
export const Blur: Story = { args: { effect: 'blur', amount: 20, pattern: 'smpte' } };

/** In squares of so many pixels. */
export const Pixelate: Story = { args: { effect: 'pixelate', amount: 24 } };

/** Left is right, for everybody who sees it. */
export const Mirror: Story = { args: { effect: 'mirror', pattern: 'clock' } };

/** Words over the picture. */
export const Text: Story = { args: { effect: 'text', text: 'Back in five minutes' } };

/**
 * What is behind people is blurred. The kit brings no model along: one that takes warm colours for a person stands in here, for
 * a drawn one. A page names the files of `@mediapipe/tasks-vision`, and its model.
 */
export const BackgroundBlur: Story = {
  name: 'Background blur',
  args: { effect: 'background-blur', amount: 12 },
  render: ({ effect, amount }, { id }) => html`
    ${columns}
    <media-generator id="clock-${id}" pattern="clock" width="640" height="360" autostart></media-generator>
    <stream-effect id="camera-${id}" source="clock-${id}" .processor=${personInARoom()}></stream-effect>
    <stream-effect
      id="made-${id}"
      source="camera-${id}"
      effect=${effect ?? nothing}
      amount=${amount ?? nothing}
      vision-path="./vision/"
      vision-model="./vision/stands-in.tflite"
    ></stream-effect>
    ${views(id)}
  `,
  play: ({ canvasElement }) =>
    new Promise<void>((resolve, reject) => {
      const made = canvasElement.querySelector<StreamEffect>('stream-effect[effect]')!;
      made.addEventListener('error', ({ error }) => reject(error as Error));
      const look = (): void => {
        if (made.stats.video.processed > 0) resolve();
        else requestAnimationFrame(look);
      };
      look();
    }),
};

/** A function of the page, which gets each frame and returns another. */
export const Processor: Story = {
  args: {
    pattern: 'clock',
    processor: tinted(),
  },
};

/** Draws a warm light over each frame. */
function tinted(): (frame: VideoFrame) => VideoFrame {
  let canvas: OffscreenCanvas | undefined;
  return (frame) => {
    const { displayWidth: width, displayHeight: height, timestamp } = frame;
    canvas ??= new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d')!;
    context.drawImage(frame, 0, 0, width, height);
    context.fillStyle = '#ff7a0055';
    context.fillRect(0, 0, width, height);
    return new VideoFrame(canvas, { timestamp });
  };
}
