import { define } from '../internal/define.js';
import { CallStats } from './call-stats.js';

define('call-stats', CallStats);
