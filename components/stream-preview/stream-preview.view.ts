import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { PreviewState } from './stream-preview.state.js';

/** All that the looks of a preview follow from. */
export interface PreviewModel {
  readonly state: PreviewState;
  /** Why it failed. */
  readonly failure: string | null;
  readonly audioOnly: boolean;
  /** Whether a first picture has come. */
  readonly picture: boolean;
  readonly mirrored: boolean;
  readonly cover: boolean;
  readonly paused: boolean;
  readonly muted: boolean;
  /** Whether to show the bar. */
  readonly controls: boolean;
  /** Whether there is something to mute. */
  readonly muteButton: boolean;
  readonly text: (key: string) => string;
}

/** What a preview does when it is used. */
export interface PreviewActions {
  readonly media: (event: Event) => void;
  readonly play: () => void;
  readonly pause: () => void;
  readonly mute: () => void;
}

const icon = (shape: SVGTemplateResult): TemplateResult =>
  html`<svg viewBox="0 0 24 24" aria-hidden="true">${shape}</svg>`;
const camera = icon(
  svg`<path d="M15 8.5 21 5v14l-6-3.5" /><rect x="3" y="6" width="12" height="12" rx="2.5" />`,
);
const sound = icon(svg`<path d="M4 10v4M8 6v12M12 3v18M16 7v10M20 10v4" />`);
const playing = icon(svg`<path d="M8 5.5v13l10.5-6.5z" fill="currentColor" />`);
const pausing = icon(svg`<path d="M8.5 6v12M15.5 6v12" stroke-width="3" />`);
const loud = icon(svg`<path d="M11 5 6 9H3v6h3l5 4zM15 9a4 4 0 0 1 0 6M18 6a8 8 0 0 1 0 12" />`);
const silent = icon(svg`<path d="M11 5 6 9H3v6h3l5 4zM16 9.5l5 5M21 9.5l-5 5" />`);

export function view(model: PreviewModel, actions: PreviewActions): TemplateResult {
  const { state, failure, audioOnly, picture, text } = model;
  const { media } = actions;
  return html`
    <video
      part="video"
      class=${words({ shown: picture, cover: model.cover, mirrored: model.mirrored })}
      playsinline
      @play=${media}
      @playing=${media}
      @pause=${media}
      @resize=${media}
      @loadedmetadata=${media}
      @volumechange=${media}
      @ended=${media}
    ></video>
    <div class="layer">
      <div part="placeholder" ?hidden=${picture}>
        <slot name="placeholder">${audioOnly ? sound : camera}</slot>
      </div>
      <div
        part="status"
        role="status"
        class=${words({ 'visually-hidden': picture || state === 'blocked', failed: failure !== null })}
      >
        ${failure ? html`<slot name="error">${failure}</slot>` : text(audioOnly ? 'audio-only' : state)}
      </div>
    </div>
    <div part="overlay"><slot name="overlay"></slot></div>
    ${
      state === 'blocked'
        ? html`<button part="play-button" type="button" aria-label=${text('play')} @click=${actions.play}>
            ${playing}
          </button>`
        : nothing
    }
    <div part="controls">
      <slot name="controls">${model.controls && state === 'live' ? bar(model, actions) : nothing}</slot>
    </div>
  `;
}

const words = (on: Readonly<Record<string, boolean>>): string =>
  Object.keys(on)
    .filter((name) => on[name])
    .join(' ');

function bar({ paused, muted, muteButton, text }: PreviewModel, actions: PreviewActions): TemplateResult {
  return html`
    <button
      type="button"
      aria-label=${paused ? text('play') : text('pause')}
      @click=${paused ? actions.play : actions.pause}
    >
      ${paused ? playing : pausing}
    </button>
    ${
      muteButton
        ? html`<button type="button" aria-label=${text('mute')} aria-pressed=${muted} @click=${actions.mute}>
            ${muted ? silent : loud}
          </button>`
        : nothing
    }
  `;
}
