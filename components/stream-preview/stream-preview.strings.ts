export type { Text } from '../internal/kit-element.js';

/** What `<stream-preview>` says in English, but for its bar. `error-<code>` may be added to replace the message of an error. */
export const strings = {
  label: 'Video preview',
  empty: 'No picture',
  starting: 'Starting…',
  live: 'Live',
  blocked: 'Ready to play',
  ended: 'The stream has ended',
  lost: '{device} was disconnected. Connect it again, or another one.',
  replaced: '{device} was disconnected. Another one has taken its place.',
  device: 'The device',
  interrupted: 'Interrupted by the system',
  'audio-only': 'Sound only',
  'camera-off': 'The camera is off',
  prompt: 'The browser will ask whether this page may use it.',
  continue: 'Continue',
  play: 'Play',
};
