import { html, nothing, type TemplateResult } from 'lit';
import type { RecorderStatus } from '../engine/record/recorder.js';
import { clockTime, isoDuration, sizeInWords } from './amounts.js';

/** All that the looks of a recorder follow from. */
export interface RecorderModel {
  readonly status: RecorderStatus;
  /** Whether there is something to record. */
  readonly usable: boolean;
  /** In seconds. */
  readonly duration: number;
  /** In bytes. */
  readonly size: number;
  /** The last recording, and where it can be had. */
  readonly saved: { readonly name: string; readonly url: string } | null;
  /** Why the last one ended early, or none began. */
  readonly failure: string | null;
  readonly locale: string | undefined;
  readonly text: (key: string, values?: Readonly<Record<string, string>>) => string;
}

/** What a recorder does when it is used. */
export interface RecorderActions {
  readonly record: () => void;
  readonly hold: () => void;
}

export function view(model: RecorderModel, { record, hold }: RecorderActions): TemplateResult {
  const { status, usable, duration, size, saved, failure, locale, text } = model;
  const running = status === 'recording' || status === 'paused';
  const idle = status === 'inactive';
  return html`
    <div class="bar">
      <button
        type="button"
        part="record-button"
        aria-disabled=${!running && (!idle || !usable)}
        @click=${record}
      >
        <span class="mark ${running ? 'square' : ''}"></span>${text(running ? 'stop' : 'record')}
      </button>
      <button type="button" part="pause-button" aria-disabled=${!running} @click=${hold}>
        ${text(status === 'paused' ? 'resume' : 'pause')}
      </button>
      <p class="amounts">
        <time part="time" datetime=${isoDuration(duration)}>${clockTime(duration)}</time>
        <bdi class="size" part="size">${size > 0 ? sizeInWords(size, locale) : nothing}</bdi>
      </p>
      ${
        saved
          ? html`<a
              part="save-link"
              href=${saved.url}
              download=${saved.name}
              aria-label=${text('save-file', { file: saved.name })}
              >${text('save')}</a
            >`
          : nothing
      }
    </div>
    <p part="status" role="status" class=${failure ? 'failed' : ''}>
      <bdi>${failure ?? text(idle ? (saved ? 'done' : usable ? 'inactive' : 'empty') : status)}</bdi>
    </p>
  `;
}
