import { html, type TemplateResult } from 'lit';
import type { PeerQuality } from '../engine/call/quality.js';
import { figures } from './figures.js';
import { codecsOf } from './formats.js';
import { wordOf, type StatsView } from './plots.js';

const ways = ['received', 'sent'];

/** The same figures in words, for those who do not see the plots: nothing of it is announced by itself. */
export function renderTable({ records, text, formats }: StatsView): TemplateResult {
  const row = (name: string, cells: readonly (string | null)[]): TemplateResult => html`
    <tr>
      <th scope="row">${name}</th>
      ${cells.map((cell) => html`<td>${cell ?? text('unknown')}</td>`)}
    </tr>
  `;
  /** The lines of a figure are rows. */
  const rows = (
    name: string,
    read: (quality: PeerQuality | null) => readonly (string | null)[],
  ): readonly TemplateResult[] => {
    const columns = records.map(({ peer }) => read(peer.quality));
    const titles = read(null).length === 1 ? [name] : ways.map((way) => text(way, { figure: name }));
    return titles.map((title, line) =>
      row(
        title,
        columns.map((column) => column[line] ?? null),
      ),
    );
  };
  return html`
    <div class="visually-hidden">
      <table>
        <caption>
          ${text('label')}
        </caption>
        <thead>
          <tr>
            <td></td>
            ${records.map(({ peer }) => html`<th scope="col">${peer.name || text('guest')}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${row(
            text('connection'),
            records.map((record) => wordOf(record, text)),
          )}
          ${figures.map((figure) => rows(text(figure.name), (quality) => formats.values(figure, quality)))}
          ${rows(text('codecs'), codecsOf)}
          ${rows(text('path'), (quality) => [formats.path(quality?.candidatePair ?? null)])}
        </tbody>
      </table>
    </div>
  `;
}
