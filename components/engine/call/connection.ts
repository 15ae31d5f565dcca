import { MediaKitError } from '../errors.js';

/** The browser's own, also where it is still prefixed. Throws `unsupported` where there is none. */
export function newConnection(configuration: RTCConfiguration): RTCPeerConnection {
  const { RTCPeerConnection: Standard, webkitRTCPeerConnection: Prefixed } = globalThis as {
    RTCPeerConnection?: typeof RTCPeerConnection;
    webkitRTCPeerConnection?: typeof RTCPeerConnection;
  };
  const Connection = Standard ?? Prefixed;
  if (Connection) return new Connection(configuration);
  const words = 'This browser has no WebRTC: use a current Chromium, Firefox or Safari.';
  throw new MediaKitError('unsupported', words);
}

/** Throws `bad-input` where `create` refuses the configuration. */
export function connect(
  create: (configuration: RTCConfiguration) => RTCPeerConnection,
  configuration: RTCConfiguration,
): RTCPeerConnection {
  try {
    return create(configuration);
  } catch (thrown) {
    throw MediaKitError.from(
      thrown,
      'bad-input',
      `No connection can be made with these "ice-servers": ${(thrown as Error).message}`,
    );
  }
}
