import { html, svg, type TemplateResult } from 'lit';
import { bars } from '../internal/bars.js';
import type { Text } from '../internal/kit-element.js';
import { figures, indexOf, type Figure } from './figures.js';
import { codecsOf, type Formats } from './formats.js';
import { BOX, pathOf, topOf } from './plot.js';
import type { PeerRecord } from './records.js';

/** What the figures are drawn from. */
export interface StatsView {
  readonly records: readonly PeerRecord[];
  /** From one point to the next, in ms. */
  readonly interval: number;
  readonly text: Text;
  readonly formats: Formats;
}

/** How well a member's connection works, or what is happening while there is none. */
export const wordOf = ({ peer: { status, quality } }: PeerRecord, text: Text): string =>
  text(status === 'connected' ? `quality-${quality?.score ?? 'none'}` : status);

/** The figures of each member, for the eye alone: the table says the same. */
export const renderPlots = (view: StatsView): TemplateResult => html`
  <div class="peers" aria-hidden="true">${view.records.map((record) => renderPeer(record, view))}</div>
`;

function renderPeer(record: PeerRecord, view: StatsView): TemplateResult {
  const { peer } = record;
  const { text, formats } = view;
  const { quality, status } = peer;
  const score = status === 'connected' ? (quality?.score ?? 'none') : 'none';
  return html`
    <div class="peer" part="peer">
      <p class="head">
        <span class="who" dir="auto">${peer.name || text('guest')}</span>
        <span class="score ${score}">${bars(score)}${wordOf(record, text)}</span>
      </p>
      <div class="figures">
        ${figures.map((figure) => renderFigure(figure, record, view))}
        ${renderTile(text('codecs'), renderValues(codecsOf(quality)))}
        ${renderTile(text('path'), renderValues([formats.path(quality?.candidatePair ?? null)]))}
      </div>
    </div>
  `;
}

function renderFigure(figure: Figure, { peer, history }: PeerRecord, view: StatsView): TemplateResult {
  const { text, formats, interval } = view;
  const { points } = history;
  const { name, least } = figure;
  const first = indexOf(figure);
  const lines = Array.from({ length: figure.lines }, (_, at) => first + at);
  const top = topOf(points, lines, least);
  const most = formats.value(name, top)!;
  return renderTile(
    html`<span>${text(name)}</span> <span class="top">${text('top', { most })}</span>`,
    html`
      ${renderValues(formats.values(figure, peer.quality))}
      <div class="plot" part="plot">
        <svg viewBox=${BOX} preserveAspectRatio="none">
          ${lines.map((line) => renderLine(pathOf(points, line, top, interval), line === first))}
        </svg>
      </div>
    `,
  );
}

const renderLine = (path: string, first: boolean): TemplateResult<2> =>
  svg`<path class=${first ? 'received' : 'sent'} d=${path} />`;

const renderTile = (label: unknown, content: unknown): TemplateResult => html`
  <div class="figure"><span class="label">${label}</span>${content}</div>
`;

/** One, or those of both directions. */
const renderValues = ([first, second]: readonly (string | null)[]): TemplateResult => html`
  <span class="values">
    ${
      second === undefined
        ? html`<bdi>${first ?? '–'}</bdi>`
        : html`
            <span class="received">↓ <bdi>${first ?? '–'}</bdi></span>
            <span class="sent">↑ <bdi>${second ?? '–'}</bdi></span>
          `
    }
  </span>
`;
