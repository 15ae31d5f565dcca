import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Text } from './call-chat.strings.js';
import type { ChatView } from './chat-view.js';
import type { SharedFile } from './conversation.js';
import { fileIcon } from './icons.js';
import { take } from './taking.js';

/** A file on its way, or at its end, with what can be done about it. */
export function renderFile(row: SharedFile, view: ChatView): TemplateResult {
  const { transfer, file } = row;
  const { name, size, status, transferred } = transfer;
  const { text, formats, links, sizes } = view;
  const inWords = (bytes: number): string => sizes!.format(bytes, formats.locale);
  const moving = status === 'moving';
  const picture = file && links?.picture(file, transfer.type);
  const amount = moving
    ? text('progress', { moved: inWords(transferred), size: inWords(size) })
    : inWords(size);
  const words = wordsOf(row, view);
  return html`
    <div class="bubble file" part="file" role="group" aria-label=${name}>
      ${
        picture
          ? html`<img part="picture" src=${picture} alt=${text('picture', { file: name })} />`
          : fileIcon()
      }
      <div class="about">
        <p class="file-name"><bdi>${name}</bdi></p>
        <p class="detail ${status === 'failed' ? 'failed' : ''}">
          ${words ? html`<bdi>${words}</bdi>` : nothing}
          <bdi aria-live="off">${amount}</bdi>
        </p>
      </div>
      ${moving ? html`<progress aria-label=${name} max=${size || 1} value=${transferred}></progress>` : nothing}
      ${renderWays(row, view)}
    </div>
  `;
}

function wordsOf({ own, person, transfer: { status, error } }: SharedFile, view: ChatView): string {
  const { text, explain } = view;
  if (status === 'failed') return error ? explain(error) : text('failed');
  if (status === 'aborted') return text('aborted');
  const key = `${status}-${own ? 'out' : 'in'}`;
  const words = text(key, { name: person.name || text('guest') });
  return words === key ? '' : words;
}

function renderWays(row: SharedFile, view: ChatView): TemplateResult | typeof nothing {
  const { own, person, transfer, offer, file } = row;
  const { text, links, isHere, retryFile } = view;
  const { name, status } = transfer;
  const ways: [key: string, way: TemplateResult][] = [];
  const add = (key: string, act: () => void, main = false): void =>
    void ways.push([key, renderWay(key, name, text, act, main)]);
  if (offer) {
    add('accept', () => take(offer), true);
    add('refuse', () => offer.refuse());
  } else if (status === 'moving' || (own && status === 'offered')) {
    add('cancel', transfer.abort);
  } else if (own && status === 'failed' && isHere(person)) {
    add('retry', () => retryFile(row));
  } else if (!own && status === 'done' && file && links) {
    ways.push(['save', renderSave(links.save(file), name, text)]);
  }
  if (ways.length === 0) return nothing;
  // No button becomes another one: it would keep the focus.
  return html`<div class="ways">
    ${repeat(
      ways,
      ([key]) => key,
      ([, way]) => way,
    )}
  </div>`;
}

const renderSave = (url: string, file: string, text: Text): TemplateResult => html`
  <a class="way main" part="save-link" href=${url} download=${file} aria-label=${text('save-file', { file })}
    >${text('save')}</a
  >
`;

const renderWay = (
  key: string,
  file: string,
  text: Text,
  act: () => void,
  main: boolean,
): TemplateResult => html`
  <button
    class="way ${main ? 'main' : ''}"
    type="button"
    aria-label=${text(`${key}-file`, { file })}
    @click=${({ detail }: MouseEvent) => {
      // The second click of a double click on "Accept" would meet "Cancel".
      if (detail < 2) act();
    }}
  >
    ${text(key)}
  </button>
`;
