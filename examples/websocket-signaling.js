// In a project of yours from 'rtc-elements/engine/errors.js' and 'rtc-elements/engine/signaling/signaling.js'.
import { MediaKitError } from '../components/engine/errors.ts';
import { checkAddress, openingAborted } from '../components/engine/signaling/signaling.ts';

/** Signaling through websocket-relay.js: `call.signaling = new WebSocketSignaling('wss://example.org/relay')`. */
export class WebSocketSignaling {
  constructor(url) {
    this.url = url;
  }

  async open({ room, peer }, handlers, signal) {
    checkAddress({ room, peer }, signal);
    let [socket, timer, presence, isOpen, isClosed] = [null, 0, null, false, false];
    // To a peer, or as `+` our presence to all. What does not go out now, the room says again.
    const send = (to, payload) =>
      socket.readyState === WebSocket.OPEN &&
      socket.send(Uint8Array.from([...new TextEncoder().encode(`${to}\n`), ...payload]));
    const channel = {
      send,
      announce: (payload) => send('+', (presence = payload.slice())),
      close() {
        isClosed = true;
        clearTimeout(timer);
        socket.close(1000);
      },
    };
    return new Promise((resolve, reject) => {
      const end = (error) => (channel.close(), isOpen ? handlers.failed?.(error) : reject(error));
      const connect = (pause) => {
        socket = new WebSocket(`${this.url}?room=${room}&peer=${peer}`);
        socket.binaryType = 'arraybuffer';
        socket.onopen = () => {
          if (presence) send('+', presence);
          isOpen ? handlers.reachable(true) : resolve(channel);
          [isOpen, pause] = [true, 300];
        };
        socket.onmessage = ({ data }) => {
          if (isClosed) return;
          const feed = new Uint8Array(data).indexOf(10);
          const from = new TextDecoder().decode(data.slice(0, feed));
          const payload = new Uint8Array(data, feed + 1);
          if (from[0] === '+') handlers.presence(from.slice(1), payload.length ? payload : null);
          else handlers.message(from, payload);
        };
        socket.onclose = ({ code }) => {
          if (isClosed) return;
          if (code === 1008) return end(new MediaKitError('signaling-refused', 'The relay hangs up on us.'));
          if (!isOpen) return end(new MediaKitError('signaling-unreachable', 'No relay answers there.'));
          handlers.reachable(false);
          timer = setTimeout(connect, pause, Math.min(2 * pause, 5000));
        };
      };
      connect(300);
      signal?.addEventListener('abort', () => isOpen || end(openingAborted(signal)));
    });
  }
}
