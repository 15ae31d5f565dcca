import { css } from 'lit';
import { tokens } from '../internal/tokens.js';

export const styles = [
  tokens,
  css`
    :host {
      --_line: light-dark(#0002, #fff2);
      --_corner: var(--call-stats-radius, var(--_radius));
      --_received: var(--call-stats-received, var(--_accent));
      --_sent: var(--call-stats-sent, light-dark(#8a4b00, #ffb86b));
      display: block;
      min-inline-size: 0;
      border-radius: var(--_corner);
      background: var(--call-stats-background, var(--_surface));
      font-size: 0.875rem;
    }

    :host(:state(compact)) {
      display: inline-block;
      border-radius: 99px;
    }

    p {
      margin: 0;
    }

    svg {
      display: block;
    }

    .badge,
    .score {
      display: flex;
      align-items: center;
      gap: 0.375em;
    }

    .badge {
      padding: 0.25em 0.75em;
      font-weight: 600;
    }

    .badge .more {
      color: var(--_muted);
      font-weight: 400;
    }

    .badge svg,
    .score svg {
      flex: none;
      inline-size: 1.25em;
      fill: none;
      stroke: currentColor;
      stroke-width: 3;
      stroke-linecap: round;
    }

    .poor {
      color: var(--_danger);
    }

    .fair {
      color: light-dark(#7a5200, #ffd479);
    }

    .good {
      color: light-dark(#14662f, #7ddc9a);
    }

    .empty {
      padding: 1em;
      color: var(--_muted);
      text-align: center;
      text-wrap: balance;
    }

    .peers {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
      gap: 0.5em;
      padding: 0.5em;
    }

    .peer {
      min-inline-size: 0;
      padding: 0.75em;
      border: 1px solid var(--_line);
      border-radius: calc(var(--_corner) - 0.25em);
      background: var(--_raised);
    }

    .head {
      display: flex;
      flex-wrap: wrap;
      justify-content: space-between;
      gap: 0 1em;
      margin-block-end: 0.5em;
    }

    .who {
      max-inline-size: 100%;
      overflow: hidden;
      font-weight: 600;
      text-overflow: ellipsis;
      white-space: nowrap;
    }

    .figures {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 9.5rem), 1fr));
      gap: 0.75em 1em;
    }

    .figure {
      display: flex;
      flex-direction: column;
      min-inline-size: 0;
      font-variant-numeric: tabular-nums;
    }

    .label {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      justify-content: space-between;
      gap: 0 0.5em;
      color: var(--_muted);
      font-size: 0.8125rem;
    }

    .label .top {
      font-size: 0.6875rem;
    }

    .values {
      display: flex;
      flex-wrap: wrap;
      gap: 0 0.75em;
      overflow-wrap: anywhere;
    }

    .values .received {
      color: var(--_received);
    }

    .values .sent {
      color: var(--_sent);
    }

    /* What changes in it moves nothing outside. */
    .visually-hidden {
      contain: strict;
    }

    .plot {
      margin-block-start: auto;
      padding-block-start: 0.125rem;
      border-block-end: 1px solid var(--_line);
    }

    .plot svg {
      inline-size: 100%;
      block-size: 2rem;
      fill: none;
      stroke-width: 1.75;
      stroke-linecap: round;
      stroke-linejoin: round;
    }

    .plot path {
      vector-effect: non-scaling-stroke;
      stroke: var(--_received);
    }

    /* Told apart without their colours, too. */
    .plot .sent {
      stroke: var(--_sent);
      stroke-dasharray: 1 4;
    }

    @media (forced-colors: active) {
      .plot :is(.received, .sent) {
        stroke: CanvasText;
      }

      .badge {
        border: 1px solid;
        border-radius: 99px;
      }
    }
  `,
];
