import { Room } from '../../../../dist/engine/call/room.js';
import { signalingFor } from '../../../../dist/engine/signaling/connect.js';
// Loaded by the tag's one file, too.
import '../../../../dist/engine/signaling/broadcast.js';
import '../../../../dist/engine/signaling/mqtt.js';

/** `<peer-call>` without its screen. */
export async function enter({ url, room }, stream, pictures) {
  const call = new Room({ dispatch() {} });
  call.expect();
  await pictures.own(stream);
  call.setStream(stream);
  const shown = new Set();
  call.store.subscribe(({ peers }) => {
    for (const { stream: other } of peers) {
      if (!other?.getVideoTracks().length || shown.has(other)) continue;
      shown.add(other);
      pictures.show(other);
    }
  });
  return {
    join: () => call.join({ room, signaling: signalingFor(url) }),
    leave: () => call.leave(),
  };
}
