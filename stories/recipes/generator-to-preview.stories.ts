import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import '../../components/define.js';

const meta: Meta = {
  title: 'Recipes/Generator to preview',
  render: () => html`
    <media-generator id="bars" kind="audio video" pattern="smpte" tone="sine" autostart></media-generator>
    <stream-preview source="bars" controls muted></stream-preview>
  `,
};

export default meta;

/** A synthetic camera with sound, and a view of it. */
export const GeneratorToPreview: StoryObj = {};
