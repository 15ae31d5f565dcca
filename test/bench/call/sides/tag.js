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
  // The video of a peer stands there before its picture has come. To ask when the tag is drawn would have it drawn.
  const look = () => {
    for (const peer of call.peers) for (const video of videosOf(peer.stream)) pictures.watch(video);
  };
  new MutationObserver(look).observe(call.shadowRoot, { childList: true, subtree: true });
  call.addEventListener('peer-change', look);
  return { join: () => call.join(), leave: () => call.leave() };
}
