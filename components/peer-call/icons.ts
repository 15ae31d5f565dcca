import type { TemplateResult } from 'lit';
import { icon } from '../internal/icon.js';

export { cameraIcon, microphoneIcon } from '../internal/call-icons.js';
export { icon };

export const peopleIcon = (): TemplateResult =>
  icon('M12.5 8a3.5 3.5 0 1 1-7 0a3.5 3.5 0 1 1 7 0zM2 19q1-6 7-6t7 6M16 5a3.5 3.5 0 0 1 0 6M18 13q4 1 4 6');
