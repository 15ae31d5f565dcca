import { ENCRYPTABLE } from './clear-bytes.js';
import type { TransformOptions } from './worker-messages.js';

const guarded = new WeakSet<RTCRtpTransceiver>();

/**
 * Sends all that a connection sends and receives through the worker, from the first frame on, whoever adds it: the call or
 * the page itself. No other codecs are offered than those that can be encrypted. The worker knows the connection by its
 * `number`.
 */
export function guard(connection: RTCPeerConnection, worker: Worker, number: number): void {
  const take = (transceiver: RTCRtpTransceiver): void => {
    if (guarded.has(transceiver)) return;
    guarded.add(transceiver);
    const { sender, receiver } = transceiver;
    // At once and both: Chromium lets what comes pass by a transform that is set only when the track comes.
    sender.transform = transform(worker, { direction: 'send' });
    receiver.transform = transform(worker, { direction: 'receive', connection: number });
    restrict(transceiver, receiver.track.kind);
  };
  const addTransceiver = connection.addTransceiver.bind(connection);
  connection.addTransceiver = (...given) => {
    const transceiver = addTransceiver(...given);
    take(transceiver);
    return transceiver;
  };
  const addTrack = connection.addTrack.bind(connection);
  connection.addTrack = (...given) => {
    const sender = addTrack(...given);
    connection.getTransceivers().forEach(take);
    return sender;
  };
  connection.addEventListener('track', ({ transceiver }) => take(transceiver));
}

function transform(worker: Worker, options: TransformOptions): RTCRtpScriptTransform {
  return new RTCRtpScriptTransform(worker, options);
}

/** Offers and takes only what can be encrypted, also where the page prefers something else. */
function restrict(transceiver: RTCRtpTransceiver, kind: string): void {
  const { codecs = [] } = RTCRtpReceiver.getCapabilities(kind) ?? {};
  const prefer = transceiver.setCodecPreferences.bind(transceiver);
  const isAllowed = ({ mimeType }: RTCRtpCodec): boolean =>
    SUPPORTING.test(mimeType) || ENCRYPTABLE.includes(mimeType.toLowerCase());
  transceiver.setCodecPreferences = (wanted) => {
    const named = [...wanted];
    prefer((named.length > 0 ? named : codecs).filter(isAllowed));
  };
  transceiver.setCodecPreferences([]);
}

/** What repeats and repairs packets of pictures: it sees frames only after they were encrypted. */
const SUPPORTING = /^video\/(rtx|red|ulpfec|flexfec-03)$/i;
