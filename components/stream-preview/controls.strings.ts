/** What the bar of `<stream-preview>` says in English. */
export const strings: Readonly<Record<string, string>> = {
  controls: 'Controls',
  play: 'Play',
  pause: 'Pause',
  mute: 'Mute',
  volume: 'Volume',
  camera: 'Camera',
  microphone: 'Microphone',
  'picture-in-picture': 'Picture in picture',
  'full-screen': 'Full screen',
};
