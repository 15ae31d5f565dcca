// The servers of the bench, each in a process of its own that can be killed: `node server.mjs broker|relay|peerjs <port>`.
import { createServer } from 'node:http';
import process from 'node:process';
import { PeerServer } from 'peer';
import { WebSocketServer } from 'ws';
import { startBroker } from '../../../broker/broker.js';

const host = '127.0.0.1';

const servers = {
  broker: (port) => startBroker({ port, host }),
  peerjs: (port) => new Promise((resolve) => PeerServer({ port, host, path: '/' }, resolve)),
  /** Hands what it gets to all others that came to the same path. */
  relay: (port) => {
    const server = createServer();
    const sockets = new WebSocketServer({ server, perMessageDeflate: false });
    const rooms = new Map();
    sockets.on('connection', (socket, { url }) => {
      const members = rooms.get(url) ?? new Set();
      rooms.set(url, members.add(socket));
      socket.on('close', () => members.delete(socket));
      socket.on('message', (data) => {
        for (const member of members) if (member !== socket) member.send(data, { binary: false });
      });
    });
    return new Promise((resolve) => server.listen(port, host, resolve));
  },
};

const [kind, port] = process.argv.slice(2);
await servers[kind](Number(port));
process.send('listening');
// Nothing stays behind when the bench itself has ended.
process.on('disconnect', () => process.exit());
