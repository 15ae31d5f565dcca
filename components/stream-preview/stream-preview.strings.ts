/** What `<stream-preview>` says in English. An error's code, given as a key, replaces that error's message. */
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
