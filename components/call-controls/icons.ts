import type { TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';

export const devicesIcon = (): TemplateResult =>
  icon('M3 7h10M19 7h2M3 17h2M11 17h10M13 7a3 3 0 1 0 6 0a3 3 0 1 0-6 0M5 17a3 3 0 1 0 6 0a3 3 0 1 0-6 0');
