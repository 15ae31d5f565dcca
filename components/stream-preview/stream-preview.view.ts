import { html, type TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';
import type { Plight } from './plight.js';
import { statusKey, type PreviewState } from './stream-preview.state.js';
import type { Text } from './stream-preview.strings.js';

/** All that the looks of a preview follow from. */
export interface PreviewModel {
  readonly state: PreviewState;
  /** Why it failed. */
  readonly failure: string | null;
  readonly audioOnly: boolean;
  readonly cameraOff: boolean;
  /** How our own capture goes, where there is one. */
  readonly plight: Plight | null;
  /** Whether a first picture has come. */
  readonly picture: boolean;
  readonly mirrored: boolean;
  readonly cover: boolean;
  readonly poster: string | null;
  /** Whether it is captured here, and whether that is a display. */
  readonly own: boolean;
  readonly display: boolean;
  readonly text: Text;
}

/** What is loaded of a preview when it is needed. */
export interface PreviewParts {
  readonly playButton: TemplateResult | undefined;
  readonly question: TemplateResult | undefined;
  readonly bar: TemplateResult | undefined;
}

const camera = icon(
  'M15 8.5 21 5v14l-6-3.5M5.5 6h7q2.5 0 2.5 2.5v7q0 2.5-2.5 2.5h-7Q3 18 3 15.5v-7Q3 6 5.5 6z',
);
const sound = icon('M4 10v4M8 6v12M12 3v18M16 7v10M20 10v4');

export function view(model: PreviewModel, parts: PreviewParts): TemplateResult {
  const { state, failure, plight, audioOnly, picture, poster, text } = model;
  return html`
    <video
      part="video"
      class=${words({ shown: picture, cover: model.cover, mirrored: model.mirrored })}
      playsinline
      tabindex="-1"
    ></video>
    <div class="layer">
      <div part="placeholder" ?hidden=${picture}>
        ${poster ? html`<img part="poster" src=${poster} alt="" />` : ''}
        <slot name="placeholder">${poster ? '' : audioOnly ? sound : camera}</slot>
      </div>
      <div
        part="status"
        role="status"
        class=${words({
          'visually-hidden':
            (picture && !plight?.urgent) || state === 'blocked' || (poster && state === 'empty'),
          failed: failure,
          over: poster || picture,
        })}
      >
        ${failure ? html`<slot name="error">${failure}</slot>` : (plight?.words ?? text(statusKey(model)))}
      </div>
      ${parts.question}
    </div>
    <div part="overlay"><slot name="overlay"></slot></div>
    ${parts.playButton}
    <div part="controls">
      <slot name="controls">${parts.bar}</slot>
    </div>
  `;
}

const words = (on: Readonly<Record<string, unknown>>): string =>
  Object.keys(on)
    .filter((name) => on[name])
    .join(' ');
