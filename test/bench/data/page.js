// One member of a room: `window.bench` measures what is sent to the other, by the engine and by hand on the same connection.
import { Room } from '/dist/engine/call/room.js';
import { BroadcastSignaling } from '/dist/engine/signaling/broadcast.js';

const HIGH = 2 ** 20;
const LOW = 2 ** 16;
const PIECE = 2 ** 22;

const room = new Room({ dispatch: (event) => heard(event) });
const { store } = room;
let files = 0;

/**
 * By hand: the channels "bytes" and "file" tell when so many have come, and "file" keeps them until then; "talk" reads JSON
 * and answers with its number.
 */
function heard(event) {
  if (event.type === 'file') files++;
  if (event.type === 'file-offer') {
    // The most that the bench sends is more than comes without being asked for.
    event.accept();
  }
  if (event.type !== 'datachannel') return;
  const { channel } = event;
  channel.binaryType = 'arraybuffer';
  let left = Number(channel.protocol);
  const kept = [];
  channel.onmessage = ({ data }) => {
    if (channel.label === 'talk') return channel.send(String(JSON.parse(data).n));
    if (channel.label === 'file') kept.push(data);
    left -= data.byteLength;
    if (left <= 0) channel.send(`got ${new Blob(kept.splice(0)).size}`);
  };
}

const peer = () => store.snapshot.peers.find(({ status }) => status === 'connected');

async function open(label, protocol = '') {
  const channel = room.getPeerConnection(peer().id).createDataChannel(label, { protocol });
  channel.binaryType = 'arraybuffer';
  channel.bufferedAmountLowThreshold = LOW;
  await new Promise((resolve) => (channel.onopen = resolve));
  return channel;
}

const event = (target, type) =>
  new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

/** A file of so many bytes that no memory holds. One of many small pieces would be slow to read, as none of a disk is. */
function fileOf(size) {
  const bytes = new Uint8Array(PIECE);
  for (let at = 0; at < PIECE; at += LOW) crypto.getRandomValues(bytes.subarray(at, at + LOW));
  const piece = new Blob([bytes]);
  return new File(
    Array.from({ length: size / PIECE }, () => piece),
    'bench.bin',
  );
}

/** The ms of a round trip, on the average of those that fit beside what moves. */
async function beside(moving, trip) {
  let moves = true;
  const moved = moving.finally(() => (moves = false));
  const began = performance.now();
  let n = 0;
  while (moves) await trip(n++);
  const ms = (performance.now() - began) / n;
  await moved;
  return ms;
}

/** The ms that it takes to send so many bytes, chunk by chunk. */
async function sendByHand(label, size, chunk, bytesAt) {
  const channel = await open(label, String(size));
  const began = performance.now();
  for (let at = 0; at < size; at += chunk) {
    const given = bytesAt(at);
    const bytes = given instanceof Promise ? await given : given;
    if (channel.bufferedAmount >= HIGH) await event(channel, 'bufferedamountlow');
    channel.send(bytes);
  }
  await event(channel, 'message');
  const ms = performance.now() - began;
  channel.close();
  return ms;
}

const question = (n) => ({ n, text: 'how long does it take?' });
const ask = (n) => room.send(question(n));

async function askByHand(channel, n) {
  channel.send(JSON.stringify(question(n)));
  await event(channel, 'message');
}

window.bench = {
  async join(name) {
    await room.join({ room: name, signaling: new BroadcastSignaling() });
    const met = () => store.snapshot.status === 'connected';
    if (!met()) await new Promise((resolve) => store.subscribe(() => met() && resolve()));
  },

  /** The ms that so many bytes take in chunks of this size, by hand, out of the memory and into nothing. */
  async raw(size, chunk) {
    const bytes = new Uint8Array(chunk);
    return sendByHand('bytes', size, chunk, () => bytes);
  },

  /** The same of a file that is read, and kept in the memory where it comes: neither hashed nor stored. */
  async rawFile(size, chunk) {
    const file = fileOf(size);
    let piece;
    return sendByHand('file', size, chunk, async (at) => {
      if (at % PIECE === 0) piece = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      return piece.subarray(at % PIECE, (at % PIECE) + chunk);
    });
  },

  /** The same as a file: read, hashed, sent, stored, hashed and compared. */
  async file(size) {
    const file = fileOf(size);
    const began = performance.now();
    await room.sendFile(file);
    return performance.now() - began;
  },

  /** The ms of one message and its answer by hand, on the average of so many: no clock of a page is fine enough for one. */
  async rawRoundTrip(count) {
    const channel = await open('talk');
    const began = performance.now();
    for (let n = 0; n < count; n++) await askByHand(channel, n);
    const ms = (performance.now() - began) / count;
    channel.close();
    return ms;
  },

  /** The same beside a file by hand. */
  async rawRoundTripBeside(size, chunk) {
    const channel = await open('talk');
    const ms = await beside(window.bench.rawFile(size, chunk), (n) => askByHand(channel, n));
    channel.close();
    return ms;
  },

  /** The ms of one message and its acknowledgement, on the average of so many. */
  async roundTrip(count) {
    const began = performance.now();
    for (let n = 0; n < count; n++) await ask(n);
    return (performance.now() - began) / count;
  },

  /** The same beside a file. */
  roundTripBeside: (size) => beside(window.bench.file(size), ask),

  files: () => files,
};
