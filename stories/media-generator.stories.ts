import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, nothing } from 'lit';
import { patterns, tones } from '../components/engine/generator/settings.js';
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
  src?: string;
  source?: string;
  backend?: string;
  muted?: boolean;
  autostart?: boolean;
}

/** A generator is not displayed itself: here a `<stream-preview>` shows what it makes. */
const meta: Meta<Args> = {
  title: 'Elements/media-generator',
  component: 'media-generator',
  args: { autostart: true },
  argTypes: {
    kind: { control: 'select', options: ['video', 'audio', 'audio video'] },
    pattern: { control: 'select', options: patterns },
    tone: { control: 'select', options: tones },
    volume: { control: { type: 'range', min: 0, max: 1, step: 0.05 } },
    color: { control: 'color' },
    backend: { control: 'select', options: ['auto', 'native', 'worker', 'canvas'] },
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
      src=${args.src ?? nothing}
      source=${args.source ?? nothing}
      backend=${args.backend ?? nothing}
      ?muted=${args.muted}
      ?autostart=${args.autostart}
    ></media-generator>
    <stream-preview source="made" controls muted></stream-preview>
  `,
};

export default meta;

type Story = StoryObj<Args>;

/** Colour bars by SMPTE RP 219, which is also what a generator shows when nothing is said. */
export const Smpte: Story = { args: { pattern: 'smpte' } };

/** Colour bars by EBU Tech 3325. */
export const Ebu: Story = { args: { pattern: 'ebu' } };

/** A grid with circle and safe areas: geometry, cropping and sharpness can be judged by eye. */
export const Grid: Story = { args: { pattern: 'grid' } };

/** Colours that flow into each other: banding shows. */
export const Gradient: Story = { args: { pattern: 'gradient' } };

/** Grain as of film: what a codec finds hardest. */
export const Noise: Story = { args: { pattern: 'noise' } };

/** The time of day to the millisecond: hold two screens side by side to see the latency. */
export const Clock: Story = { args: { pattern: 'clock' } };

/** Something that moves: smoothness and frame rate can be judged by eye. */
export const Ball: Story = { args: { pattern: 'ball' } };

/** One colour, any that CSS knows. */
export const Solid: Story = { args: { pattern: 'solid', color: '#7a3cff' } };

/** Every picture carries its number and its time, for `sync-reader` to measure latency, loss and lip-sync anywhere. */
export const Sync: Story = { args: { pattern: 'sync', tone: 'beep' } };

/** A name over the picture tells one synthetic camera from another. */
export const Text: Story = { args: { pattern: 'ball', text: 'Ada Lovelace' } };

/** A pure tone, with bars in one stream. Unmute the preview to hear it; so in the stories below. */
export const Sine: Story = { args: { pattern: 'smpte', tone: 'sine', frequency: 440 } };

/** Odd harmonics, as far as the sample rate carries them. */
export const Square: Story = { args: { pattern: 'smpte', tone: 'square', frequency: 440 } };

/** Odd harmonics that fade fast. */
export const Triangle: Story = { args: { pattern: 'smpte', tone: 'triangle', frequency: 440 } };

/** All harmonics, as far as the sample rate carries them. */
export const Sawtooth: Story = { args: { pattern: 'smpte', tone: 'sawtooth', frequency: 440 } };

/** The same power at every frequency. */
export const WhiteNoise: Story = { args: { pattern: 'smpte', tone: 'white-noise' } };

/** The same power in every octave. */
export const PinkNoise: Story = { args: { pattern: 'smpte', tone: 'pink-noise' } };

/** From the lowest to the highest pitch, so much for each octave. */
export const Sweep: Story = { args: { pattern: 'smpte', tone: 'sweep' } };

/** A short beep on each full second, together with the clock. */
export const Beep: Story = { args: { pattern: 'clock', tone: 'beep' } };

/** An audio track that carries silence. */
export const Silence: Story = { args: { pattern: 'smpte', tone: 'silence' } };

/** Sound alone. */
export const AudioOnly: Story = { args: { kind: 'audio', tone: 'sine' } };

/** Portrait, as a phone would send it. */
export const Portrait: Story = { args: { pattern: 'clock', width: 360, height: 640 } };

/** A canvas of the page as a camera: `source` names it. A `<video>` or an `<img>` will do as well. */
export const Source: Story = {
  args: { source: 'drawn', text: 'a canvas of this page' },
  render: (args, context) => html`
    <canvas id="drawn" width="640" height="360" style="inline-size: 160px"></canvas>
    ${(meta.render as NonNullable<Story['render']>)(args, context)}
  `,
  play: ({ canvasElement }) => {
    const canvas = canvasElement.querySelector('canvas')!;
    const context = canvas.getContext('2d')!;
    let hue = 0;
    const draw = (): void => {
      if (!canvas.isConnected) return;
      context.fillStyle = `hsl(${hue++} 70% 45%)`;
      context.fillRect(0, 0, 640, 360);
      requestAnimationFrame(draw);
    };
    draw();
  },
};

/** Muted: black and silent, and the tracks say so. */
export const Muted: Story = { args: { pattern: 'ball', tone: 'sine', muted: true } };

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
