/** The English words of the buttons that control a call. */
export const callWords = {
  controls: 'Call controls',
  join: 'Join',
  leave: 'Leave',
  microphone: 'Microphone',
  camera: 'Camera',
  'share-screen': 'Share screen',
};
