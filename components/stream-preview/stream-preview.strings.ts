export type { Text } from '../internal/kit-element.js';

/** What `<stream-preview>` says in English, but for its bar and its own capture. `error-<code>` may be added to replace the message of an error. */
export const strings = {
  label: 'Video preview',
  empty: 'No picture',
  starting: 'Starting…',
  live: 'Live',
  blocked: 'Ready to play',
  ended: 'The stream has ended',
  'audio-only': 'Sound only',
  'camera-off': 'The camera is off',
  play: 'Play',
};
