import { define } from '../internal/define.js';
import { StreamPreview } from './stream-preview.js';

define('stream-preview', StreamPreview);
