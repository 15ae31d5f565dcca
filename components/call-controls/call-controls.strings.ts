import { callWords } from '../internal/call-words.js';

/** The English words of `<call-controls>`. What begins with `key-` is the shortcut of a button, of which an empty one is none. */
export const strings = {
  ...callWords,
  devices: 'Devices',
  chat: 'Chat',
  unread: '{name}, {count} new',
  'key-microphone': 'M',
  'key-camera': 'V',
  'key-screen': 'S',
  'key-devices': 'D',
  'key-chat': 'C',
};
