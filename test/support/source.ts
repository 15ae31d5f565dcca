import type { StreamSource } from '../../components/internal/source-controller.js';
import { StreamChangeEvent } from '../../components/internal/events.js';

/** A stream with one picture, moving unless it has one colour, and no sound, made without a device. */
export function canvasStream(width = 64, height = 36, color?: string): MediaStream {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const stream = canvas.captureStream(30);
  const [track] = stream.getTracks();
  const paint = (): void => {
    if (track!.readyState === 'ended') return;
    context.fillStyle = color ?? `hsl(${performance.now() / 10} 80% 50%)`;
    context.fillRect(0, 0, width, height);
    setTimeout(paint, 30);
  };
  paint();
  return stream;
}

/** The smallest source there can be. Not registered: a test chooses the name. */
export class TestSource extends HTMLElement implements StreamSource {
  #stream: MediaStream | null = null;

  get stream(): MediaStream | null {
    return this.#stream;
  }

  set stream(stream: MediaStream | null) {
    this.#stream = stream;
    this.dispatchEvent(new StreamChangeEvent(stream));
  }
}

/** A stream whose tracks end by themselves, with a real event: they come over a connection that stops sending. */
export async function endingStream(
  sent: MediaStream,
): Promise<{ stream: MediaStream; end: (track: MediaStreamTrack) => Promise<void>; close: () => void }> {
  const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
  const stream = new MediaStream();
  receiver.addEventListener('track', ({ track }) => stream.addTrack(track));
  for (const track of sent.getTracks()) sender.addTransceiver(track, { direction: 'sendonly' });
  const negotiate = async (): Promise<void> => {
    await sender.setLocalDescription();
    await receiver.setRemoteDescription(sender.localDescription!);
    await receiver.setLocalDescription();
    await sender.setRemoteDescription(receiver.localDescription!);
  };
  await negotiate();
  return {
    stream,
    end: async (track) => {
      const ended = new Promise((resolve) => track.addEventListener('ended', resolve, { once: true }));
      const { mid } = receiver.getTransceivers().find((transceiver) => transceiver.receiver.track === track)!;
      sender
        .getTransceivers()
        .find((transceiver) => transceiver.mid === mid)!
        .stop();
      await negotiate();
      await ended;
    },
    close: () => {
      sender.close();
      receiver.close();
    },
  };
}
