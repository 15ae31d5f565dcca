import type { TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';

export { bubbleIcon } from '../internal/call-icons.js';

export const attachIcon = (): TemplateResult =>
  icon('M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8L9.5 17a1.8 1.8 0 0 1-2.5-2.5L14.5 7');

export const sendIcon = (): TemplateResult => icon('M5 12h13M5 12L3.5 4.5 21 12 3.5 19.5z');

export const fileIcon = (): TemplateResult => icon('M6 3h8l5 5v11q0 2-2 2H7q-2 0-2-2V5q0-2 2-2M14 3v5h5');

export const downIcon = (): TemplateResult => icon('M12 5v14M6 13l6 6 6-6');
