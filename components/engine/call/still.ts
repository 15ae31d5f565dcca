import { nativeClass } from '../native-class.js';

type Processor = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => {
  readonly readable: ReadableStream;
};

/**
 * Sends once more what is not drawn anew, as a canvas with a page of text. Chromium drops each picture that comes before
 * the connection is up, and would send no other one; whoever begins to look at a track has it come again. Firefox sends
 * the last one by itself.
 */
export function repeatPictures(connection: RTCPeerConnection): void {
  const Processor = nativeClass<Processor>('MediaStreamTrackProcessor');
  if (!Processor) return;
  for (const sender of connection.getSenders()) {
    const { track } = sender;
    if (track?.kind !== 'video' || track.readyState !== 'live') continue;
    // Nobody looks at it.
    if (sender.getParameters().encodings[0]?.active === false) continue;
    new Processor({ track, maxBufferSize: 1 }).readable.cancel().catch(() => {});
  }
}
