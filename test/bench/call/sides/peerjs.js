import { loadScript } from './script.js';

/** As its guide has it: one peer calls, the other answers. */
export async function enter({ url, room, waits }, stream, pictures) {
  const { Peer } = await loadScript('../../../../node_modules/peerjs/dist/peerjs.min.js', 'peerjs');
  await pictures.own(stream);
  const { hostname, port } = new URL(url);
  let peer;
  const show = (call) => {
    const shown = new Set();
    // Fires once for each track.
    call.on('stream', (remote) => {
      if (shown.has(remote)) return;
      shown.add(remote);
      pictures.show(remote);
    });
  };
  return {
    join() {
      // Without the servers of strangers that it asks by default.
      const options = { host: hostname, port, config: { iceServers: [] } };
      peer = new Peer(waits ? room : `${room}-${crypto.randomUUID()}`, options);
      peer.on('call', (call) => {
        show(call);
        call.answer(stream);
      });
      return new Promise((resolve, reject) => {
        peer.on('error', reject);
        peer.on('open', () => {
          if (!waits) show(peer.call(room, stream));
          resolve();
        });
      });
    },
    leave: () => peer.destroy(),
  };
}
