import { define } from '../internal/define.js';
import { DeviceSelect } from './device-select.js';

define('device-select', DeviceSelect);
