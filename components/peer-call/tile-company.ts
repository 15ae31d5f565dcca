import { html, nothing, type TemplateResult } from 'lit';
import type { PeerState } from '../engine/call/room.js';
import { bars } from '../internal/bars.js';
import { icon } from './icons.js';
import type { Text } from './peer-call.strings.js';
import { renderMark, type Tile, type TilesView } from './tiles.js';

/** What is happening while a member is not connected. */
export function renderStatus(
  { id, status }: PeerState,
  { state, slow, text, restart }: TilesView,
): TemplateResult | typeof nothing {
  if (status === 'connected' || (status === 'connecting' && !slow)) return nothing;
  const why = status === 'reconnecting' && !state.reachable ? 'unreachable' : status;
  return html`
    <div class="tile-status" part="status">
      <span class="what">
        ${status === 'failed' ? nothing : html`<span class="spinner"></span>`}
        <span class="who">${text(status)}</span>
      </span>
      ${status === 'connecting' ? nothing : html`<span class="why">${text(`${why}-why`)}</span>`}
      ${
        status === 'failed'
          ? html`<button type="button" @click=${() => restart(id)}>${text('try-again')}</button>`
          : nothing
      }
    </div>
  `;
}

/** Who speaks, and how good the connection to a person is. */
export function renderMarks({ peer, name, look }: Tile, { text }: TilesView): unknown[] {
  const score = name && peer?.status === 'connected' ? peer.quality?.score : undefined;
  return [
    look.includes('speaking')
      ? renderMark('speaking', icon('M4 10v4M9.5 5v14M15 8v8M20 11v2'), text)
      : nothing,
    score && score !== 'none' ? renderMark(`quality-${score}`, bars(score), text) : nothing,
  ];
}

/** The digits that two people compare, once they are asked for. */
function renderVerification({ peer, name, label }: Tile, text: Text): TemplateResult | typeof nothing {
  if (!name || peer?.status !== 'connected' || !peer.verification) return nothing;
  return html`
    <details class="verification" part="verification">
      <summary title=${text('verification')} aria-label=${`${text('verification')}: ${label}`}>
        ${icon('M12 3l7 3v5q0 7-7 10-7-3-7-10V6zM9 12l2 2 4-4')}
      </summary>
      <p>
        <span class="digits" dir="ltr">${peer.verification}</span>
        ${text('verification-why', { name: label })}
      </p>
    </details>
  `;
}

/** The buttons in the corner of a tile: one keeps it large. */
export function renderPin(tile: Tile, { pinned, text }: TilesView, toggle: () => void): TemplateResult {
  const { id, label } = tile;
  return html`
    ${renderVerification(tile, text)}
    <button
      class="pin"
      part="pin-button"
      type="button"
      title=${text('pin')}
      aria-label=${text('pin-name', { name: label })}
      aria-pressed=${String(id === pinned)}
      @click=${toggle}
    >
      ${icon('M9 3h6M10 3v6l-4 5h12l-4-5V3M12 14v7')}
    </button>
  `;
}
