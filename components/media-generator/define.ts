import { define } from '../internal/define.js';
import { MediaGenerator } from './media-generator.js';

define('media-generator', MediaGenerator);
