import { define } from '../internal/define.js';
import { CallControls } from './call-controls.js';

define('call-controls', CallControls);
