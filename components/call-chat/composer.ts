import { html, type TemplateResult } from 'lit';
import { attachIcon, sendIcon } from './icons.js';
import { LONGEST } from './message-text.js';
import type { Text } from './call-chat.strings.js';

export interface ComposerView {
  readonly value: string;
  /** Whether there is somebody to write to: one may write on in the meantime. */
  readonly usable: boolean;
  readonly text: Text;
  readonly typed: (value: string) => void;
  readonly send: () => void;
  readonly give: (files: readonly File[]) => void;
}

/** Where one writes, and chooses files. */
export function renderComposer({ value, usable, text, typed, send, give }: ComposerView): TemplateResult {
  const submit = (event: Event): void => {
    event.preventDefault();
    send();
  };
  const chosen = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    give([...input.files!]);
    // The same file may be chosen again.
    input.value = '';
  };
  return html`
    <form class="composer" part="composer" @submit=${submit}>
      <button
        class="attach"
        part="file-button"
        type="button"
        title=${text('attach')}
        aria-label=${text('attach')}
        aria-disabled=${String(!usable)}
        @click=${({ currentTarget }: Event) => {
          if (usable) (currentTarget as HTMLElement).parentElement!.querySelector('input')!.click();
        }}
      >
        ${attachIcon()}
      </button>
      <input type="file" multiple hidden @change=${chosen} />
      <textarea
        part="field"
        rows="1"
        dir="auto"
        enterkeyhint="send"
        maxlength=${LONGEST}
        placeholder=${text('message')}
        aria-label=${text('message')}
        .value=${value}
        @input=${({ target }: Event) => {
          fit(target as HTMLTextAreaElement);
          typed((target as HTMLTextAreaElement).value);
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (isSending(event)) submit(event);
        }}
        @paste=${(event: ClipboardEvent) => {
          const files = pastedFiles(event.clipboardData);
          if (!files.length) return;
          event.preventDefault();
          give(files);
        }}
      ></textarea>
      <button
        class="send"
        part="send-button"
        title=${text('send')}
        aria-label=${text('send')}
        aria-disabled=${String(!usable || !value.trim())}
      >
        ${sendIcon()}
      </button>
    </form>
  `;
}

/** Enter by itself. That which ends the writing of a composed letter is none: some browsers tell it by the key code alone. */
function isSending({ key, shiftKey, isComposing, keyCode }: KeyboardEvent): boolean {
  return key === 'Enter' && !shiftKey && !isComposing && keyCode !== 229;
}

/** What was copied as text is pasted as text: office programs add a picture of it. */
function pastedFiles(data: DataTransfer | null): File[] {
  return data?.types.includes('text/plain') ? [] : [...(data?.files ?? [])];
}

/** As high as its text, where the browser does not do that by itself. */
export function fit(field: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  // It takes no less room meanwhile: the log would grow, and be scrolled by that.
  field.style.cssText = `margin-block-end:${field.offsetHeight}px`;
  field.style.cssText = `block-size:${field.scrollHeight}px`;
}
