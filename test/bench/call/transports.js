// Ways to the others by hand, each the least that does it. `came` hears of everybody who comes after us, `heard` of what
// is addressed to us. They resolve when we can be called.

export async function broadcast({ room, self, came, heard }) {
  const channel = new BroadcastChannel(room);
  channel.addEventListener('message', ({ data: { from, to, message } }) => {
    if (!to) came(from);
    else if (to === self) heard(from, message);
  });
  channel.postMessage({ from: self });
  const plain = (message) => JSON.parse(JSON.stringify(message));
  return {
    send: (to, message) => channel.postMessage({ from: self, to, message: plain(message) }),
    close: () => channel.close(),
  };
}

/** A WebSocket server that hands what it gets to the others of a room: see server.mjs. */
export function relay({ room, self, url, came, heard }) {
  const socket = new WebSocket(`${url}/${room}`);
  socket.addEventListener('message', ({ data }) => {
    const { from, to, message } = JSON.parse(data);
    if (!to) came(from);
    else if (to === self) heard(from, message);
  });
  return new Promise((resolve, reject) => {
    socket.addEventListener('error', reject);
    socket.addEventListener('open', () => {
      socket.send(JSON.stringify({ from: self }));
      resolve({
        send: (to, message) => socket.send(JSON.stringify({ from: self, to, message })),
        close: () => socket.close(),
      });
    });
  });
}

/** MQTT 3.1.1 without anything that a short life does not need. */
export function mqtt({ room, self, url, came, heard }) {
  const utf8 = new TextEncoder();
  const text = new TextDecoder();
  const string = (value) => {
    const bytes = utf8.encode(value);
    return [bytes.length >> 8, bytes.length & 255, ...bytes];
  };
  const socket = new WebSocket(url, 'mqtt');
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

  return new Promise((resolve, reject) => {
    const handlers = {
      // CONNACK
      2: () =>
        packet(0x82, 0, 1, ...string(`pc/1/${room}/to/${self}/+`), 0, ...string(`pc/1/${room}/p/+`), 0),
      // SUBACK
      9() {
        publish(`pc/1/${room}/p/${self}`, {}, 1);
        resolve({
          send: (to, message) => publish(`pc/1/${room}/to/${to}/${self}`, message),
          close: () => socket.close(),
        });
      },
      // PUBLISH
      3(body) {
        const end = 2 + (body[0] << 8) + body[1];
        const [, , , kind, to, from] = text.decode(body.subarray(2, end)).split('/');
        if (kind === 'to') heard(from, JSON.parse(text.decode(body.subarray(end))));
        // The newcomer leaves the offer to those who are there: its own presence tells it that it has heard of all.
        else if (to === self) present = true;
        else if (present) came(to);
      },
    };
    let present = false;
    let bytes = new Uint8Array();
    socket.addEventListener('error', reject);
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
