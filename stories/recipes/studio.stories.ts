import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import '../../components/define.js';

interface Args {
  /** A room of its own for each copy of the story: `broadcast:` reaches every tab of this origin. */
  readonly room: string;
}

const meta: Meta<Args> = {
  title: 'Recipes/Studio',
  args: { room: `story-${crypto.randomUUID()}` },
  render: ({ room }) => html`
    <style>
      .studio {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
        gap: 1rem;
      }

      .studio > * {
        display: grid;
        gap: 0.5rem;
        align-content: start;
      }
    </style>
    <media-generator id="picture" pattern="ball" tone="beep" volume="0.05" autostart></media-generator>
    <stream-effect id="grey" source="picture" effect="grayscale"></stream-effect>
    <stream-effect id="made" source="grey" effect="text" text="On air"></stream-effect>
    <div class="studio">
      <div>
        <stream-preview source="made" muted></stream-preview>
        <stream-meter source="made"></stream-meter>
        <stream-recorder source="made"></stream-recorder>
      </div>
      <div>
        <peer-call
          id="call"
          room=${room}
          signaling="broadcast:"
          name="Ann"
          source="made"
          autojoin
        ></peer-call>
        <call-controls for="call" chat="chat"></call-controls>
        <call-chat id="chat" for="call" hidden></call-chat>
        <call-stats for="call"></call-stats>
      </div>
    </div>
  `,
};

export default meta;

/** A source, effects, a preview with a meter and a recorder, and a call with its companions: see the guide _Tags together_. */
export const Studio: StoryObj<Args> = {};
