import '../../../../dist/cdn/rtc-elements.js';

/** `<peer-call>` from the built file, with the screen that it has. */
export async function enter({ url, room }, stream, pictures) {
  const call = document.createElement('peer-call');
  Object.assign(call, { room, signaling: url, srcObject: stream });
  document.body.append(call);
  await call.updateComplete;
  const videosOf = (shown) =>
    [...call.shadowRoot.querySelectorAll('video')].filter(({ srcObject }) =>
      srcObject?.getVideoTracks().some((track) => shown?.getVideoTracks().includes(track)),
    );
  await new Promise((resolve) => videosOf(stream)[0].requestVideoFrameCallback(resolve));
  // The video of a peer stands there before its picture has come.
  const look = async () => {
    await call.updateComplete;
    for (const peer of call.peers) for (const video of videosOf(peer.stream)) pictures.watch(video);
  };
  for (const type of ['call-state-change', 'peer-change']) call.addEventListener(type, look);
  return { join: () => call.join(), leave: () => call.leave() };
}
