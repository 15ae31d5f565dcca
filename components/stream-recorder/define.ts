import { define } from '../internal/define.js';
import { StreamRecorder } from './stream-recorder.js';

define('stream-recorder', StreamRecorder);
