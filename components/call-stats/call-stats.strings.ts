import { connectionWords } from '../internal/call-words.js';

/** The English words of `<call-stats>`. */
export const strings = {
  ...connectionWords,
  label: 'Connection figures',
  empty: 'Nobody is connected, so there is nothing to measure',
  'quality-none': 'No figures yet',
  connection: 'Connection',
  bitrate: 'Bitrate',
  'round-trip': 'Round trip',
  loss: 'Loss',
  'frame-rate': 'Frame rate',
  resolution: 'Resolution',
  codecs: 'Codecs',
  path: 'Path',
  received: '{figure}, received',
  sent: '{figure}, sent',
  unknown: 'unknown',
  top: 'up to {most}',
  frames: '{count} fps',
  pixels: '{count} px',
  direct: 'direct, {protocol}',
  relayed: 'by relay, {protocol}',
};
