import { ENCRYPTABLE } from './clear-bytes.js';
import { withoutStrayFeedback } from './feedback.js';
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
  const takeAll = (): void => connection.getTransceivers().forEach(take);
  const addTransceiver = connection.addTransceiver.bind(connection);
  connection.addTransceiver = (...given) => {
    const transceiver = addTransceiver(...given);
    take(transceiver);
    return transceiver;
  };
  const addTrack = connection.addTrack.bind(connection);
  connection.addTrack = (...given) => {
    const sender = addTrack(...given);
    takeAll();
    return sender;
  };
  // What the peer has brought. No event tells of a transceiver by which it only wants to receive.
  const setRemoteDescription = connection.setRemoteDescription.bind(connection);
  connection.setRemoteDescription = async (description) => {
    await setRemoteDescription(description);
    takeAll();
  };
  // Nothing flows before it is described, in whatever way it was added.
  const setLocalDescription = connection.setLocalDescription.bind(connection);
  connection.setLocalDescription = (description) => {
    takeAll();
    return setLocalDescription(description);
  };
  tellPlainly(connection);
}

/** What the peer is told of us is what it can read, also where codecs were left out. */
function tellPlainly(connection: RTCPeerConnection): void {
  const prototype = Object.getPrototypeOf(connection) as RTCPeerConnection;
  const get = (): RTCSessionDescription | null => {
    const description = Reflect.get(prototype, 'localDescription', connection);
    if (!description) return null;
    const { type, sdp } = description;
    return new RTCSessionDescription({ type, sdp: withoutStrayFeedback(sdp) });
  };
  Object.defineProperty(connection, 'localDescription', { get });
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
