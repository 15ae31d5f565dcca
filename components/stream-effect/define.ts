import { define } from '../internal/define.js';
import { StreamEffect } from './stream-effect.js';

define('stream-effect', StreamEffect);
