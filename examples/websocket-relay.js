// What websocket-signaling.js talks to: `node examples/websocket-relay.js 8090`. It keeps presences, passes messages on
// and knows nothing of calls. Whoever reaches it may enter any room: put your own sign-in before it.
import { createServer } from 'node:http';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { WebSocketServer } from 'ws';

const identifier = /^[\w-]{1,64}$/;
/** The largest payload and the peer before it, in bytes. */
const maxPayload = 256 * 1024 + 65;
const pingEvery = 30_000;

/** Hand it the `upgrade` events of a server of yours. */
export function createRelay() {
  /** Room → peer → its socket and presence. */
  const rooms = new Map();
  const server = new WebSocketServer({ noServer: true, maxPayload, perMessageDeflate: false });
  const pack = (head, payload) => Buffer.concat([Buffer.from(`${head}\n`), payload]);

  server.on('connection', (socket, { url }) => {
    // The path is anything, also what is no address.
    const query = new URLSearchParams(url.split('?')[1]);
    const [room, peer] = ['room', 'peer'].map((name) => query.get(name) ?? '');
    // Errors end in `close`.
    socket.on('error', () => {});
    if (!identifier.test(room) || !identifier.test(peer)) return socket.close(1008);
    if (!rooms.has(room)) rooms.set(room, new Map());
    const members = rooms.get(room);
    const tellAll = (payload) => {
      for (const member of members.values()) member.socket.send(pack(`+${peer}`, payload));
    };
    const leave = () => {
      if (members.get(peer)?.socket !== socket) return;
      const { presence } = members.get(peer);
      members.delete(peer);
      if (presence) tellAll(Buffer.alloc(0));
      if (members.size === 0 && rooms.get(room) === members) rooms.delete(room);
    };

    // The younger one wins: the older may be a cut connection that nobody has noticed.
    members.get(peer)?.socket.close(1008);
    members.set(peer, { socket, presence: members.get(peer)?.presence });
    for (const [other, { presence }] of members) if (presence) socket.send(pack(`+${other}`, presence));
    socket.on('message', (data) => {
      const feed = data.indexOf('\n');
      const [to, payload] = [data.toString('latin1', 0, Math.max(feed, 0)), data.subarray(feed + 1)];
      if (members.get(peer)?.socket !== socket) return;
      if (to !== '+') return members.get(to)?.socket.send(pack(peer, payload));
      members.get(peer).presence = payload;
      tellAll(payload);
    });
    socket.on('close', leave);
    socket.isAlive = true;
    socket.on('pong', () => (socket.isAlive = true));
  });

  const pinging = setInterval(() => {
    for (const socket of server.clients) {
      if (!socket.isAlive) socket.terminate();
      socket.isAlive = false;
      socket.ping();
    }
  }, pingEvery);
  pinging.unref();

  return {
    handleUpgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (opened) => server.emit('connection', opened, request)),
    /** Cuts every connection. */
    drop() {
      for (const socket of server.clients) socket.terminate();
    },
    close() {
      clearInterval(pinging);
      this.drop();
      server.close();
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const port = Number(process.argv[2] ?? 8090);
  createServer().on('upgrade', createRelay().handleUpgrade).listen(port, '127.0.0.1');
  console.log(`The relay listens at ws://127.0.0.1:${port}`);
}
