/** What `<stream-preview>` says in English. `error-<code>` may be added to replace the message of an error. */
export const strings = {
  label: 'Video preview',
  empty: 'No picture',
  starting: 'Starting…',
  live: 'Live',
  blocked: 'Ready to play',
  ended: 'The stream has ended',
  'audio-only': 'Sound only',
  play: 'Play',
  pause: 'Pause',
  mute: 'Mute',
} as const;
