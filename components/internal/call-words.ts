/** The English words of the buttons that control a call. */
export const callWords = {
  controls: 'Call controls',
  join: 'Join',
  leave: 'Leave',
  microphone: 'Microphone',
  camera: 'Camera',
  'share-screen': 'Share screen',
};

/** The English words of how well a connection works, and of a member without a name. */
export const connectionWords = {
  guest: 'Guest',
  'quality-good': 'Good connection',
  'quality-fair': 'Fair connection',
  'quality-poor': 'Poor connection',
  connecting: 'Connecting…',
  reconnecting: 'Reconnecting…',
  offline: 'No network',
  failed: 'No connection',
};
