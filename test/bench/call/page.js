import { Room } from '../../../dist/engine/call/room.js';
import { signalingFor } from '../../../dist/engine/signaling/connect.js';
// Loaded by the tag's one file, too.
import '../../../dist/engine/signaling/mqtt.js';
import { joinByHand } from './raw.js';

/** A camera and a microphone, the same for both sides: a moving picture and a tone. */
function camera() {
  const canvas = document.createElement('canvas');
  canvas.width = 640;
  canvas.height = 360;
  const context = canvas.getContext('2d');
  let step = 0;
  setInterval(() => {
    context.fillStyle = `hsl(${(step += 7) % 360} 80% 50%)`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 33);
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const microphone = audio.createMediaStreamDestination();
  tone.connect(microphone);
  tone.start();
  return new MediaStream([...canvas.captureStream(30).getTracks(), ...microphone.stream.getTracks()]);
}

function play(stream, muted) {
  const video = document.createElement('video');
  video.muted = muted;
  video.autoplay = true;
  video.srcObject = stream;
  document.body.append(video);
  return video;
}

const firstFrame = (video) => new Promise((resolve) => video.requestVideoFrameCallback(resolve));

/**
 * Shows the page as a side's user would see it before the call, our own picture in it, and returns how to join:
 * `joined` resolves when the room can be called, `seen` with the first frame of the other, who is heard as well.
 */
const enter = {
  async tag({ room, signaling }, stream) {
    await customElements.whenDefined('peer-call');
    const call = document.createElement('peer-call');
    Object.assign(call, { room, signaling, srcObject: stream });
    document.body.append(call);
    await call.updateComplete;
    const videos = () => [...call.shadowRoot.querySelectorAll('video')];
    await firstFrame(videos()[0]);
    return () => {
      const seen = new Promise((resolve) => {
        call.addEventListener('stream-change', async () => {
          await call.updateComplete;
          const video = videos().find(({ srcObject }) => srcObject === call.stream && srcObject);
          if (video) resolve(firstFrame(video));
        });
      });
      return { joined: call.join(), seen };
    };
  },
  async engine({ room, signaling }, stream) {
    await firstFrame(play(stream, true));
    const call = new Room({ dispatch() {} });
    call.setStream(stream);
    return () => {
      const seen = new Promise((resolve) => {
        call.store.subscribe(({ peers: [peer] }) => peer?.stream && resolve(peer.stream));
      }).then((other) => firstFrame(play(other, false)));
      return { joined: call.join({ room, signaling: signalingFor(signaling) }), seen };
    };
  },
  async raw(options, stream) {
    await firstFrame(play(stream, true));
    return () => {
      const { joined, remote } = joinByHand(options, stream);
      return { joined, seen: remote.then((other) => firstFrame(play(other, false))) };
    };
  },
};

window.bench = {
  async wait(options) {
    const join = await enter[options.side](options, camera());
    await join().joined;
  },
  async join(options) {
    const join = await enter[options.side](options, camera());
    const began = performance.now();
    await join().seen;
    return performance.now() - began;
  },
};
