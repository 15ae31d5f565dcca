/** What `<stream-preview>` says in English of what it captures itself, and of the way to that. */
export const strings: Readonly<Record<string, string>> = {
  prompt: 'The browser will ask whether this page may use it.',
  continue: 'Continue',
  'try-again': 'Try again',
  interrupted: 'Interrupted by the system',
  lost: '{device} was disconnected. Connect it again, or another one.',
  replaced: '{device} was disconnected. Another one has taken its place.',
  device: 'The device',
};
