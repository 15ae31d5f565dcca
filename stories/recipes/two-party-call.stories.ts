import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import '../../components/define.js';

interface Args {
  /** A room of its own for each copy of the story: `broadcast:` reaches every tab of this origin. */
  readonly room: string;
}

const meta: Meta<Args> = {
  title: 'Recipes/Two-party call',
  args: { room: `story-${crypto.randomUUID()}` },
  render: ({ room }) => html`
    <style>
      .two {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
        gap: 1rem;
      }
    </style>
    <media-generator
      id="ann"
      pattern="ball"
      tone="beep"
      text="Ann"
      kind="audio video"
      autostart
    ></media-generator>
    <media-generator
      id="ben"
      pattern="clock"
      tone="silence"
      text="Ben"
      kind="audio video"
      autostart
    ></media-generator>
    <div class="two">
      <peer-call room=${room} signaling="broadcast:" name="Ann" source="ann" controls autojoin></peer-call>
      <peer-call room=${room} signaling="broadcast:" name="Ben" source="ben" controls autojoin></peer-call>
    </div>
  `,
};

export default meta;

/** Both ends of a call in one page: no server, no camera. */
export const TwoPartyCall: StoryObj<Args> = {};
