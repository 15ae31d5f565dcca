import { css, html, nothing, type TemplateResult } from 'lit';
import { isActive } from '../internal/call-states.js';
import {
  deviceToggles,
  passDoor,
  perform,
  renderToggle,
  toggleStyles,
  type Act,
  type Controllable,
} from '../internal/call-toggles.js';
import type { Text } from './peer-call.strings.js';
import { spinnerStyles } from './spinner.styles.js';
import { local, renderPicture, type OwnView } from './tiles.js';

export interface LobbyView extends OwnView {
  readonly room: string | null;
}

/** How we shall look, and the way in. */
export function renderLobby(call: Controllable, view: LobbyView): TemplateResult {
  const { state, room, text } = view;
  const tile = local(view);
  const joining = isActive(state);
  const act: Act = (control, on) => perform(call, control, on);
  return html`
    <div class="lobby" part="lobby">
      <div class="tile ${tile.look}" part=${tile.part} role="group" aria-label=${tile.label}>
        ${renderPicture(tile)}
        <div class="toggles">${deviceToggles(state, act).map((toggle) => renderToggle(toggle, text))}</div>
      </div>
      <div class="entrance">
        <p class="muted">${text(state.status === 'idle' ? 'ready' : state.status)}</p>
        <p class="room" title=${room ?? nothing}>${room}</p>
        ${renderEntrance(joining, text, act)}
      </div>
    </div>
  `;
}

// One button for both, so that the focus stays on it.
const renderEntrance = (joining: boolean, text: Text, act: Act): TemplateResult => html`
  <button
    class=${joining ? '' : 'join'}
    type="button"
    @click=${(event: MouseEvent) => passDoor(event, joining, act)}
  >
    ${joining ? html`<span class="spinner"></span>` : nothing}${text(joining ? 'cancel' : 'join')}
  </button>
`;

export const styles = css`
  ${toggleStyles}
  ${spinnerStyles}

  .lobby {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 1em 2em;
    block-size: 100%;
  }

  .lobby .tile {
    flex: none;
    --_tile: min(100cqw, (100cqh - 11em) * 16 / 9);
  }

  /* Above the buttons. */
  .lobby .avatar {
    inset-block-end: 3.75rem;
  }

  .toggles {
    position: absolute;
    inset: auto 0 0.75em;
    display: flex;
    justify-content: center;
    gap: 0.5em;
  }

  .entrance {
    display: grid;
    gap: 0.25em;
    justify-items: center;
    text-align: center;
  }

  .entrance p {
    margin: 0;
  }

  .entrance button {
    min-inline-size: 10em;
    margin-block-start: 0.75em;
  }

  .muted {
    color: var(--_muted);
  }

  /* What it is called may be long, and the button stays within. */
  .room {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow-wrap: anywhere;
    font-size: 1.375em;
    font-weight: 600;
  }

  @container stage (aspect-ratio >= 1.3) {
    .lobby {
      flex-direction: row;
    }

    .lobby .tile {
      --_tile: min(62cqw, 100cqh * 16 / 9);
    }
  }
`;
