import { css, html, nothing, type TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';
import { buttonStyles, layerStyles } from './button.styles.js';
import { strings } from './controls.strings.js';
import type { StreamPreview } from './stream-preview.js';
import type { PreviewModel } from './stream-preview.view.js';
import { wordsOf } from './words.js';

/** The bar at the lower edge: each button of use for what is shown. */
export function renderControls(
  preview: StreamPreview,
  { own, display, picture, text: words }: PreviewModel,
): TemplateResult {
  const { paused, muted, volume, audioEnabled, videoEnabled } = preview;
  const sounds = preview.getAudioTracks().length > 0;
  const sees = preview.getVideoTracks().length > 0;
  const device = own && !display;
  const text = wordsOf(words, strings);
  const button = (
    name: string,
    key: string,
    image: TemplateResult,
    use: () => void,
    on?: boolean,
  ): TemplateResult =>
    html`<button
      type="button"
      aria-label=${text(name)}
      aria-pressed=${on ?? nothing}
      aria-keyshortcuts=${key}
      @click=${use}
    >
      ${image}
    </button>`;
  return html`
    <div class="bar" role="group" aria-label=${text('controls')} @keydown=${press}>
      ${button(paused ? 'play' : 'pause', 'k', paused ? playIcon() : pauseIcon(), () => playOrPause(preview))}
      ${
        sounds && !own
          ? html`
              ${button('mute', 'm', soundIcon(!muted), () => (preview.muted = !preview.muted), muted)}
              <span class="volume">
                <input
                  type="range"
                  min="0"
                  max="1"
                  step="0.05"
                  aria-label=${text('volume')}
                  .value=${String(volume)}
                  @input=${({ target }: Event) => {
                    preview.volume = (target as HTMLInputElement).valueAsNumber;
                  }}
                />
              </span>
            `
          : nothing
      }
      ${
        sounds && device
          ? button('microphone', 'm', microphoneIcon(audioEnabled), () => preview.toggleAudio(), audioEnabled)
          : nothing
      }
      ${
        sees && device
          ? button('camera', 'v', cameraIcon(videoEnabled), () => ignore(preview.toggleVideo()), videoEnabled)
          : nothing
      }
      <span class="gap"></span>
      ${
        picture && document.pictureInPictureEnabled
          ? button('picture-in-picture', 'i', windowIcon(), () => pictureInPicture(preview), isApart(preview))
          : nothing
      }
      ${
        document.fullscreenEnabled
          ? button('full-screen', 'f', fullIcon(), () => fullScreen(preview), isFull(preview))
          : nothing
      }
    </div>
  `;
}

/** Letters do what the buttons do, as on the players that people know. */
function press({ key, ctrlKey, metaKey, altKey, currentTarget }: KeyboardEvent): void {
  if (ctrlKey || metaKey || altKey || !/^[a-z]$/i.test(key)) return;
  const button = `[aria-keyshortcuts="${key.toLowerCase()}"]`;
  (currentTarget as Element).querySelector<HTMLElement>(button)?.click();
}

function playOrPause(preview: StreamPreview): void {
  if (preview.paused) ignore(preview.play());
  else preview.pause();
}

function fullScreen(preview: StreamPreview): void {
  ignore(isFull(preview) ? document.exitFullscreen() : preview.requestFullscreen());
}

function pictureInPicture(preview: StreamPreview): void {
  ignore(isApart(preview) ? document.exitPictureInPicture() : preview.requestPictureInPicture());
}

const isFull = (preview: StreamPreview): boolean => preview.matches(':fullscreen');
/** Asked of its own root: above that it is seen as the element around it. */
const isApart = ({ shadowRoot }: StreamPreview): boolean => Boolean(shadowRoot!.pictureInPictureElement);

/** What fails has been fired as an event. */
const ignore = (promise: Promise<unknown>): void => void promise.catch(() => {});

const playIcon = (): TemplateResult => icon('M8 5.5v13l10.5-6.5z');
const pauseIcon = (): TemplateResult => icon('M8 6v12M16 6v12');
const soundIcon = (on: boolean): TemplateResult =>
  icon('M11 5 6 9H3v6h3l5 4zM15 9a4 4 0 0 1 0 6M18 6a8 8 0 0 1 0 12', on);
const microphoneIcon = (on: boolean): TemplateResult =>
  icon('M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7 7 0 0 0 14 0M12 18v3', on);
const cameraIcon = (on: boolean): TemplateResult =>
  icon(
    'M5.5 6h7A2.5 2.5 0 0 1 15 8.5v7a2.5 2.5 0 0 1-2.5 2.5h-7A2.5 2.5 0 0 1 3 15.5v-7A2.5 2.5 0 0 1 5.5 6zM15 10.5 21 7v10l-6-3.5',
    on,
  );
const windowIcon = (): TemplateResult =>
  icon('M4 5h16q1 0 1 1v12q0 1-1 1H4q-1 0-1-1V6q0-1 1-1zM12 12h6v4h-6z');
const fullIcon = (): TemplateResult => icon('M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5');

export const styles = css`
  ${buttonStyles}
  ${layerStyles}

  /* The words end above the bar. */
  .layer:has(~ * .bar) {
    padding-block: 8px calc(clamp(24px, 15%, 2.5rem) + 20px);
  }

  .layer:has(~ * .bar) [part='status']:not(.visually-hidden) {
    align-self: stretch;
    overflow: auto;
  }

  /* One row, also in a small preview and in large text. */
  .bar {
    --_button: clamp(24px, 15cqi, 2.5rem);
    container-type: inline-size;
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    align-items: center;
    gap: min(0.5rem, 2%);
  }

  .bar button {
    inline-size: var(--_button);
    block-size: var(--_button);
  }

  .bar svg {
    inline-size: calc(var(--_button) / 2);
    block-size: auto;
  }

  .gap {
    flex: 1;
  }

  /* Seen on every picture, as the buttons are. */
  .volume {
    display: flex;
    align-items: center;
    inline-size: min(7.5rem, 27%);
    block-size: var(--_button);
    padding-inline: min(0.75rem, 3cqi);
    border: 1px solid #0000;
    border-radius: 99px;
    background: rgb(0 0 0 / 0.6);
  }

  .volume input {
    flex: 1;
    min-inline-size: 0;
    min-block-size: 24px;
    margin: 0;
    pointer-events: auto;
    color-scheme: dark;
    accent-color: #fff;
  }

  /* The accent is too dim over a bright picture. */
  .volume input:focus-visible {
    outline-color: #fff;
  }
`;
