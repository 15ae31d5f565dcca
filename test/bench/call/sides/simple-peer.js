import { relay } from '../transports.js';
import { loadScript } from './script.js';

/** With a relay for its signals: whoever is there begins when somebody comes. */
export async function enter({ url, room }, stream, pictures) {
  const SimplePeer = await loadScript('../../../../node_modules/simple-peer/simplepeer.min.js', 'SimplePeer');
  await pictures.own(stream);
  const self = crypto.randomUUID();
  const peers = new Map();
  let channel;
  function peerOf(id, initiator) {
    const known = peers.get(id);
    if (known) return known;
    // Without the servers of strangers that it asks by default.
    const peer = new SimplePeer({ initiator, stream, config: { iceServers: [] } });
    peers.set(id, peer);
    peer.on('signal', (signal) => void channel.then((way) => way.send(id, signal)));
    peer.on('stream', (remote) => pictures.show(remote));
    // A connection that fails is the end of it.
    peer.on('error', () => peers.delete(id));
    return peer;
  }
  return {
    join() {
      const came = (id) => peerOf(id, true);
      const heard = (id, signal) => peerOf(id, false).signal(signal);
      channel = relay({ room, self, url, came, heard });
      return channel.then(() => {});
    },
    async leave() {
      (await channel).close();
      for (const peer of peers.values()) peer.destroy();
    },
  };
}
