// @ts-check
import { Duplex } from 'node:stream';

/** What may wait to be sent to a client that does not read, in bytes. */
const pileLimit = 4 * 1024 * 1024;

/**
 * A WebSocket as the stream of bytes that the broker reads and writes. A client that does not read never holds up what
 * is for others: what is written is taken at once, and whoever lets too much pile up is cut off.
 * @param {import('ws').WebSocket} socket
 * @param {object} options
 * @param {(chunk: Uint8Array) => string | undefined} options.objection What is wrong with bytes that came in.
 * @param {(reason: string) => void} options.cut Must end the connection, now.
 */
export function socketStream(socket, { objection, cut }) {
  /** @param {Buffer} bytes */
  const send = (bytes) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > pileLimit) return cut('slow');
    // What goes wrong is told by the event.
    socket.send(bytes, () => {});
  };
  const stream = new Duplex({
    autoDestroy: false,
    read() {
      if (socket.isPaused) socket.resume();
    },
    write(chunk, _encoding, done) {
      send(chunk);
      done();
    },
    // A packet is written in pieces: one message for all of them, not one for each.
    writev(pieces, done) {
      send(Buffer.concat(pieces.map(({ chunk }) => chunk)));
      done();
    },
    final(done) {
      socket.close();
      done();
    },
    destroy(error, done) {
      socket.terminate();
      done(error);
    },
  });
  socket.on('message', (data, isBinary) => {
    const bytes = /** @type {Buffer} */ (data);
    const reason = isBinary ? objection(bytes) : 'malformed';
    if (reason) return cut(reason);
    if (!stream.destroyed && !stream.push(bytes)) socket.pause();
  });
  socket.on('error', (error) => stream.destroy(error));
  // What came before the end is still read.
  socket.on('close', () => stream.push(null));
  return stream;
}
