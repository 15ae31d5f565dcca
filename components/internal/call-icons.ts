import type { TemplateResult } from 'lit';
import { icon } from './icon.js';

export const microphoneIcon = (on: boolean): TemplateResult =>
  icon('M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM5 11a7 7 0 0 0 14 0M12 18v3', on);

export const cameraIcon = (on: boolean): TemplateResult =>
  icon('M4 6h10q2 0 2 2v8q0 2-2 2H4q-2 0-2-2V8q0-2 2-2zM16 11l6-4v10l-6-4', on);

export const bubbleIcon = (): TemplateResult =>
  icon('M5 4h14q2 0 2 2v9q0 2-2 2h-8l-5 4v-4H5q-2 0-2-2V6q0-2 2-2zM8 9h8M8 13h5');
