import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, nothing } from 'lit';
import '../components/media-generator/define.js';
import '../components/stream-preview/define.js';

interface Args {
  kind?: string;
  pattern?: string;
  tone?: string;
  frequency?: number;
  volume?: number;
  width?: number;
  height?: number;
  frameRate?: number;
  text?: string;
  color?: string;
  autostart?: boolean;
}

/** A generator is not displayed itself: here a `<stream-preview>` shows what it makes. */
const meta: Meta<Args> = {
  title: 'Elements/media-generator',
  component: 'media-generator',
  args: { autostart: true },
  argTypes: {
    kind: { control: 'select', options: ['video', 'audio', 'audio video'] },
    pattern: { control: 'select', options: ['smpte', 'ball', 'clock', 'solid', 'none'] },
    tone: { control: 'select', options: ['sine', 'beep', 'silence', 'none'] },
    volume: { control: { type: 'range', min: 0, max: 1, step: 0.05 } },
    color: { control: 'color' },
  },
  render: (args) => html`
    <media-generator
      id="made"
      kind=${args.kind ?? nothing}
      pattern=${args.pattern ?? nothing}
      tone=${args.tone ?? nothing}
      frequency=${args.frequency ?? nothing}
      volume=${args.volume ?? nothing}
      width=${args.width ?? nothing}
      height=${args.height ?? nothing}
      frame-rate=${args.frameRate ?? nothing}
      text=${args.text ?? nothing}
      color=${args.color ?? nothing}
      ?autostart=${args.autostart}
    ></media-generator>
    <stream-preview source="made" controls muted></stream-preview>
  `,
};

export default meta;

type Story = StoryObj<Args>;

/** Colour bars, which is also what a generator shows when nothing is said. */
export const Smpte: Story = { args: { pattern: 'smpte' } };

/** Something that moves: smoothness and frame rate can be judged by eye. */
export const Ball: Story = { args: { pattern: 'ball' } };

/** The time of day to the millisecond: hold two screens side by side to see the latency. */
export const Clock: Story = { args: { pattern: 'clock' } };

/** One colour, any that CSS knows. */
export const Solid: Story = { args: { pattern: 'solid', color: '#7a3cff' } };

/** A name over the picture tells one synthetic camera from another. */
export const Text: Story = { args: { pattern: 'ball', text: 'Ada Lovelace' } };

/** Bars and tone in one stream. Unmute the preview to hear it. */
export const Sine: Story = { args: { pattern: 'smpte', tone: 'sine', frequency: 440 } };

/** A short beep on each full second, together with the clock. Unmute the preview to hear it. */
export const Beep: Story = { args: { pattern: 'clock', tone: 'beep' } };

/** An audio track that carries silence. */
export const Silence: Story = { args: { pattern: 'smpte', tone: 'silence' } };

/** Sound alone. */
export const AudioOnly: Story = { args: { kind: 'audio', tone: 'sine' } };

/** Portrait, as a phone would send it. */
export const Portrait: Story = { args: { pattern: 'clock', width: 360, height: 640 } };

/** Pictures that the page draws: `write()` resolves when there is room for the next one. */
export const Written: Story = {
  args: { pattern: 'none', text: 'drawn by the page' },
  play: async ({ canvasElement }) => {
    const generator = canvasElement.querySelector('media-generator')!;
    const canvas = new OffscreenCanvas(640, 360);
    const context = canvas.getContext('2d')!;
    await generator.start();
    const draw = async (): Promise<void> => {
      for (let hue = 0; generator.isConnected && generator.state === 'running'; hue += 3) {
        context.fillStyle = `hsl(${hue} 70% 45%)`;
        context.fillRect(0, 0, 640, 360);
        await generator.write(canvas);
      }
    };
    // Goes on after the story is shown, and ends with the generator.
    void draw().catch(() => {});
  },
};

/** Started, paused and stopped by buttons that need no script. */
export const Commands: Story = {
  args: { pattern: 'ball', autostart: false },
  render: (args, context) => html`
    ${(meta.render as NonNullable<Story['render']>)(args, context)}
    <p>
      <button commandfor="made" command="--start">Start</button>
      <button commandfor="made" command="--pause">Pause</button>
      <button commandfor="made" command="--stop">Stop</button>
    </p>
  `,
};
