import type { TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';

export { icon };

export const microphoneIcon = (on: boolean): TemplateResult =>
  icon('M9 6a3 3 0 0 1 6 0v5a3 3 0 0 1-6 0zM5 11a7 7 0 0 0 14 0M12 18v3', on);

export const cameraIcon = (on: boolean): TemplateResult =>
  icon('M4 6h10q2 0 2 2v8q0 2-2 2H4q-2 0-2-2V8q0-2 2-2zM16 11l6-4v10l-6-4', on);

export const peopleIcon = (): TemplateResult =>
  icon('M12.5 8a3.5 3.5 0 1 1-7 0a3.5 3.5 0 1 1 7 0zM2 19q1-6 7-6t7 6M16 5a3.5 3.5 0 0 1 0 6M18 13q4 1 4 6');
