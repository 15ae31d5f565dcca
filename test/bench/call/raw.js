// The least that makes a call of two by hand: who waits makes the offer when somebody comes.

/** Joins and says so: `joined` resolves when it can be called, `remote` with the stream of the other. */
export function joinByHand({ room, signaling }, stream) {
  const self = crypto.randomUUID();
  const connection = new RTCPeerConnection();
  for (const track of stream.getTracks()) connection.addTrack(track, stream);
  const remote = new Promise((resolve) =>
    connection.addEventListener('track', ({ streams }) => resolve(streams[0])),
  );

  let other;
  const channel = (signaling === 'broadcast:' ? broadcast : mqtt)({ room, self, signaling, came, heard });
  const send = (message) => void channel.then(({ send }) => send(other, message));
  connection.addEventListener('icecandidate', ({ candidate }) => send({ candidate }));

  async function came(peer) {
    if (other) return;
    other = peer;
    await connection.setLocalDescription();
    send({ description: connection.localDescription });
  }

  async function heard(from, { description, candidate }) {
    other = from;
    if (candidate) await connection.addIceCandidate(candidate);
    if (!description) return;
    await connection.setRemoteDescription(description);
    if (description.type === 'offer') {
      await connection.setLocalDescription();
      send({ description: connection.localDescription });
    }
  }

  return { joined: channel, remote };
}

async function broadcast({ room, self, came, heard }) {
  const channel = new BroadcastChannel(room);
  channel.addEventListener('message', ({ data: { from, to, message } }) => {
    if (!to) void came(from);
    else if (to === self) void heard(from, message);
  });
  channel.postMessage({ from: self });
  const plain = (message) => JSON.parse(JSON.stringify(message));
  return { send: (to, message) => channel.postMessage({ from: self, to, message: plain(message) }) };
}

/** MQTT 3.1.1 without anything that a short life does not need. */
function mqtt({ room, self, signaling, came, heard }) {
  const utf8 = new TextEncoder();
  const text = new TextDecoder();
  const string = (value) => {
    const bytes = utf8.encode(value);
    return [bytes.length >> 8, bytes.length & 255, ...bytes];
  };
  const socket = new WebSocket(signaling, 'mqtt');
  socket.binaryType = 'arraybuffer';
  const packet = (head, ...body) => {
    const length = [];
    let rest = body.length;
    do {
      length.push((rest & 127) | (rest > 127 ? 128 : 0));
      rest >>= 7;
    } while (rest);
    socket.send(new Uint8Array([head, ...length, ...body]));
  };
  const publish = (topic, message, retain = 0) =>
    packet(0x30 | retain, ...string(topic), ...utf8.encode(JSON.stringify(message)));

  return new Promise((resolve) => {
    const handlers = {
      // CONNACK
      2: () =>
        packet(0x82, 0, 1, ...string(`pc/1/${room}/to/${self}/+`), 0, ...string(`pc/1/${room}/p/+`), 0),
      // SUBACK
      9() {
        publish(`pc/1/${room}/p/${self}`, {}, 1);
        resolve({ send: (to, message) => publish(`pc/1/${room}/to/${to}/${self}`, message) });
      },
      // PUBLISH
      3(body) {
        const end = 2 + (body[0] << 8) + body[1];
        const [, , , kind, to, from] = text.decode(body.subarray(2, end)).split('/');
        if (kind === 'to') void heard(from, JSON.parse(text.decode(body.subarray(end))));
        // The newcomer leaves the offer to those who are there: its own presence tells it that it has heard of all.
        else if (to === self) present = true;
        else if (present) void came(to);
      },
    };
    let present = false;
    let bytes = new Uint8Array();
    socket.addEventListener('open', () => packet(0x10, ...string('MQTT'), 4, 2, 0, 60, ...string(self)));
    socket.addEventListener('message', ({ data }) => {
      bytes = new Uint8Array([...bytes, ...new Uint8Array(data)]);
      for (;;) {
        let length = 0;
        let at = 1;
        for (let shift = 0; at <= bytes.length; shift += 7) {
          const byte = bytes[at++];
          length |= (byte & 127) << shift;
          if (byte < 128) break;
        }
        if (bytes.length < at + length || bytes.length < 2) return;
        handlers[bytes[0] >> 4]?.(bytes.subarray(at, at + length));
        bytes = bytes.slice(at + length);
      }
    });
  });
}
