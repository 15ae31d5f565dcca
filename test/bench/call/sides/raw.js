import * as transports from '../transports.js';

/** The least that makes a call by hand: whoever is there makes the offer when somebody comes. */
export async function enter({ transport, url, room }, stream, pictures) {
  await pictures.own(stream);
  const self = crypto.randomUUID();
  const connections = new Map();
  let channel;

  function connect() {
    const connection = new RTCPeerConnection();
    for (const track of stream.getTracks()) connection.addTrack(track, stream);
    return connection;
  }
  /** Made while nobody is there yet, so that the first need not wait for it. */
  let spare;

  function connectionTo(id) {
    const known = connections.get(id);
    if (known) return known;
    const connection = spare ?? connect();
    spare = null;
    connections.set(id, connection);
    connection.addEventListener('icecandidate', ({ candidate }) => send(id, { candidate }));
    connection.addEventListener('track', ({ track, streams }) => {
      if (track.kind === 'video') pictures.show(streams[0]);
    });
    return connection;
  }

  const send = (id, message) => void channel.then((way) => way.send(id, message));

  async function came(id) {
    const connection = connectionTo(id);
    await connection.setLocalDescription();
    send(id, { description: connection.localDescription });
  }

  async function heard(id, { description, candidate }) {
    const connection = connectionTo(id);
    if (candidate) await connection.addIceCandidate(candidate);
    if (!description) return;
    await connection.setRemoteDescription(description);
    if (description.type === 'offer') {
      await connection.setLocalDescription();
      send(id, { description: connection.localDescription });
    }
  }

  return {
    join() {
      channel = transports[transport]({ room, self, url, came, heard });
      spare = connect();
      return channel.then(() => {});
    },
    async leave() {
      (await channel).close();
      for (const connection of connections.values()) connection.close();
      spare?.close();
    },
  };
}
