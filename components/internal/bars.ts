import { html, type TemplateResult } from 'lit';
import type { QualityScore } from '../engine/call/quality.js';

/** Three bars, of which as many are full as the connection is good. */
export const bars = (score: QualityScore): TemplateResult => html`
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path opacity="0.4" d="M5 19v-4M12 19v-9M19 19V5" />
    <path d=${full[score]} />
  </svg>
`;

const full = { none: '', poor: 'M5 19v-4', fair: 'M5 19v-4M12 19v-9', good: 'M5 19v-4M12 19v-9M19 19V5' };
