import { define } from '../internal/define.js';
import { StreamMeter } from './stream-meter.js';

define('stream-meter', StreamMeter);
