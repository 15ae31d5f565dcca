import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import '../components/media-generator/define.js';
import type { StreamPreview } from '../components/stream-preview/stream-preview.js';
import '../components/stream-preview/define.js';

/** A synthetic camera: no story needs a real one. */
const camera = (
  id: string,
  attributes: { kind?: string; pattern?: string; tone?: string } = {},
): TemplateResult => html`
  <media-generator
    id=${id}
    kind=${attributes.kind ?? 'video'}
    pattern=${attributes.pattern ?? 'smpte'}
    tone=${attributes.tone ?? 'none'}
    autostart
  ></media-generator>
`;

/** An evening. */
const sky = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#27327d"/><stop offset="1" stop-color="#e0655c"/></linearGradient></defs><path fill="url(#g)" d="M0 0h16v9H0z"/></svg>`,
)}`;

const meta: Meta<StreamPreview> = {
  title: 'Elements/stream-preview',
  component: 'stream-preview',
  args: { source: 'bars', muted: true, controls: false, mirror: 'auto', fit: 'contain' },
  argTypes: {
    mirror: { control: 'inline-radio', options: ['auto', 'on', 'off'] },
    fit: { control: 'inline-radio', options: ['contain', 'cover'] },
  },
  render: ({ source, muted, controls, mirror, fit }) => html`
    ${camera(source ?? '')}
    <stream-preview
      source=${source ?? ''}
      ?muted=${muted}
      ?controls=${controls}
      mirror=${mirror}
      fit=${fit}
    ></stream-preview>
  `,
};

export default meta;
type Story = StoryObj<StreamPreview>;

/** Shows the stream of the element that `source` names. */
export const Source: Story = {};

/** Buttons to play, mute, set the volume, show it in a window or fill the screen; letters do the same. */
export const Controls: Story = {
  args: { controls: true },
  render: ({ controls }) => html`
    ${camera('ball', { kind: 'audio video', pattern: 'ball', tone: 'sine' })}
    <stream-preview source="ball" muted ?controls=${controls}></stream-preview>
  `,
};

/** As in a mirror, for looks only: the stream is what it was. */
export const Mirrored: Story = { args: { source: 'mirrored-bars', mirror: 'on' } };

/** Fills a box of another shape. */
export const Cover: Story = {
  args: { fit: 'cover' },
  render: ({ fit }) => html`
    <style>
      .portrait {
        --stream-preview-aspect-ratio: 3 / 4;
        --stream-preview-radius: 24px;
        max-inline-size: 20rem;
      }
    </style>
    ${camera('portrait-bars')}
    <stream-preview class="portrait" source="portrait-bars" muted fit=${fit}></stream-preview>
  `,
};

/** A stream with sound alone. */
export const SoundOnly: Story = {
  render: () => html`
    ${camera('sound', { kind: 'audio', pattern: 'none', tone: 'sine' })}
    <stream-preview source="sound" muted></stream-preview>
  `,
};

/** A picture that stands in until the first of the stream. */
export const Poster: Story = {
  render: () => html`<stream-preview poster=${sky}></stream-preview>`,
};

/** Nothing to show yet. */
export const Empty: Story = { render: () => html`<stream-preview></stream-preview>` };

/** A capture that failed says why, and what to do. */
export const Failed: Story = {
  render: () => html`<stream-preview capture="user" width="-1" autostart></stream-preview>`,
};

/** What the page puts in place of the built-in looks. */
export const Slots: Story = {
  render: () => html`
    <style>
      .badge {
        position: absolute;
        inset-block-start: 0.75rem;
        inset-inline-start: 0.75rem;
        margin: 0;
        padding: 0.25rem 0.75rem;
        border-radius: 99px;
        color: #fff;
        background: #000c;
        font: 0.875rem system-ui;
      }
    </style>
    ${camera('studio')}
    <stream-preview source="studio" muted><p slot="overlay" class="badge">Studio 1</p></stream-preview>
  `,
};

/** One preview is the source of another. */
export const Chain: Story = {
  render: () => html`
    ${camera('chain-bars')}
    <stream-preview id="first" source="chain-bars" muted></stream-preview>
    <stream-preview source="first" muted mirror="on"></stream-preview>
  `,
};
