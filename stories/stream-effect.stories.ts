import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, nothing } from 'lit';
import { effects } from '../components/engine/effect/settings.js';
import '../components/media-generator/define.js';
import type { StreamEffect } from '../components/stream-effect/stream-effect.js';
import '../components/stream-effect/define.js';
import '../components/stream-preview/define.js';

type Args = Partial<Pick<StreamEffect, 'effect' | 'amount' | 'text' | 'processor' | 'kind'>> & {
  pattern?: string;
};

/** An effect is not displayed itself: one preview shows what goes in, and one what comes out. */
const meta: Meta<Args> = {
  title: 'Elements/stream-effect',
  component: 'stream-effect',
  argTypes: {
    effect: { control: 'select', options: effects },
    amount: { control: 'number' },
  },
  render: ({ effect, amount, text, processor, kind, pattern = 'ball' }) => html`
    <style>
      .views {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr));
        gap: 1rem;
      }
    </style>
    <media-generator id="camera" pattern=${pattern} width="640" height="360" autostart></media-generator>
    <stream-effect
      id="made"
      source="camera"
      effect=${effect ?? nothing}
      amount=${amount ?? nothing}
      text=${text ?? nothing}
      kind=${kind ?? nothing}
      .processor=${processor ?? null}
    ></stream-effect>
    <div class="views">
      <stream-preview source="camera" muted></stream-preview>
      <stream-preview source="made" muted></stream-preview>
    </div>
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
