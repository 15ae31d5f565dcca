import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ChatView } from './chat-view.js';
import type { Entry, Message } from './conversation.js';

/** How long somebody goes on speaking without being named again, in ms. */
const PAUSE = 5 * 60_000;

/** All that was said and sent. */
export function renderEntries(view: ChatView): TemplateResult {
  const { entries } = view;
  return html`
    <ol class="entries">
      ${repeat(
        entries,
        ({ key }) => key,
        (entry, at) => renderEntry(entry, entries[at - 1], view),
      )}
    </ol>
  `;
}

function renderEntry(entry: Entry, before: Entry | undefined, view: ChatView): TemplateResult {
  const { own, person, time, kind } = entry;
  const { text, formats } = view;
  const goesOn =
    before?.own === own &&
    (own || before.person.id === person.id) &&
    Number(time) - Number(before.time) < PAUSE;
  return html`
    <li class="entry ${own ? 'own' : ''} ${goesOn ? 'goes-on' : ''}" tabindex="-1">
      <p class="who ${goesOn ? 'visually-hidden' : ''}">
        <bdi>${own ? text('you') : person.name || text('guest')}</bdi>
        <time dir="auto" datetime=${time.toISOString()}>${formats.time(time)}</time>
      </p>
      ${kind === 'message' ? renderMessage(entry, view) : view.files?.renderFile(entry, view)}
    </li>
  `;
}

function renderMessage(message: Message, { text, formats, isHere, retry }: ChatView): TemplateResult {
  const { own, status, missing } = message;
  const names = (): string => formats.list(missing.map(({ name }) => name || text('guest')));
  return html`
    <p class="bubble" part=${own ? 'message message-own' : 'message'} dir="auto">${message.text}</p>
    ${status === 'sending' ? html`<p class="detail late" aria-live="off">${text('sending')}</p>` : nothing}
    ${
      status === 'failed'
        ? html`
            <p class="detail failed">
              <span>${text('undelivered', { names: names() })}</span>
              ${
                missing.some(isHere)
                  ? html`<button class="way" type="button" @click=${() => retry(message)}>
                      ${text('retry')}
                    </button>`
                  : nothing
              }
            </p>
          `
        : nothing
    }
  `;
}
