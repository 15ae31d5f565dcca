import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, nothing, type TemplateResult } from 'lit';
import '../components/media-generator/define.js';
import '../components/stream-preview/define.js';
import type { StreamRecorder } from '../components/stream-recorder/stream-recorder.js';
import '../components/stream-recorder/define.js';

type Args = Partial<
  Pick<StreamRecorder, 'source' | 'type' | 'filename' | 'maxSize' | 'maxDuration' | 'timeslice' | 'ask'>
>;

const recorder = (args: Args): TemplateResult => html`
  <media-generator id="camera" pattern="clock" width="640" height="360" autostart></media-generator>
  <stream-preview source="camera" muted></stream-preview>
  <stream-recorder
    source=${args.source ?? 'camera'}
    type=${args.type ?? nothing}
    filename=${args.filename ?? nothing}
    timeslice=${args.timeslice ?? nothing}
    max-size=${args.maxSize ?? nothing}
    max-duration=${args.maxDuration ?? nothing}
    ?ask=${args.ask}
  ></stream-recorder>
`;

const meta: Meta<Args> = {
  title: 'Elements/stream-recorder',
  component: 'stream-recorder',
  argTypes: {
    type: { control: 'select', options: [undefined, 'video/mp4', 'video/webm'] },
  },
  render: recorder,
};

export default meta;
type Story = StoryObj<Args>;

/** Ready to record what `source` names. */
export const Ready: Story = {};

/** Recorded once: the link saves it. */
export const Recorded: Story = {
  args: { filename: 'clock', maxDuration: 1, timeslice: 200 },
  play: async ({ canvasElement }) => {
    const element = canvasElement.querySelector('stream-recorder')!;
    const camera = canvasElement.querySelector('media-generator')!;
    await camera.start();
    await element.updateComplete;
    const stopped = new Promise((resolve) => element.addEventListener('record-stop', resolve));
    await element.start();
    await stopped;
  },
};

/** Ends by itself after ten seconds. */
export const Limited: Story = { args: { maxDuration: 10 } };

/** Asks for a place on the disk before it begins, where the browser can. */
export const Asking: Story = { args: { ask: true } };

/** There is nothing to record. */
export const Empty: Story = { render: () => html`<stream-recorder></stream-recorder>` };

/** As in a side panel of a phone. */
export const Narrow: Story = {
  ...Recorded,
  render: (args) => html`
    <style>
      .narrow {
        max-inline-size: 200px;
      }
    </style>
    <div class="narrow">${recorder(args)}</div>
  `,
};
