// Who watches a track and counts its frames: `reset()` begins anew, `read()` tells of the frames since.

const quantile = (numbers, part) =>
  numbers.toSorted((one, other) => one - other)[Math.floor(part * (numbers.length - 1))];

/** Each returns a viewer of the track. */
export const viewers = {
  /** A worker: neither a busy page nor a hidden one disturbs it. */
  worker(track) {
    const worker = new Worker(new URL('./frames.worker.js', import.meta.url));
    const { readable } = new MediaStreamTrackProcessor({ track });
    worker.postMessage({ readable, origin: performance.timeOrigin }, [readable]);
    let began = performance.now();
    return {
      reset() {
        began = performance.now();
        worker.postMessage('reset');
      },
      async read() {
        const seconds = (performance.now() - began) / 1000;
        const answer = new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
        worker.postMessage('read');
        const { arrivals, latencies } = await answer;
        const intervals = arrivals.slice(1).map((at, index) => at - arrivals[index]);
        return {
          frames: arrivals.length,
          fps: arrivals.length / seconds,
          p95: quantile(intervals, 0.95),
          longest: Math.max(...intervals),
          latency: quantile(latencies, 0.5),
        };
      },
      stop: () => worker.terminate(),
    };
  },
  /** A `<video>` that shows it, for pages that are idle and visible. */
  video(track) {
    const video = document.createElement('video');
    Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
    video.style.width = '100%';
    document.body.append(video);
    let frames = 0;
    let began = performance.now();
    const count = () => {
      frames++;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
    return {
      reset() {
        frames = 0;
        began = performance.now();
      },
      read: () => ({ frames, fps: (frames * 1000) / (performance.now() - began) }),
      stop: () => video.remove(),
    };
  },
  /** A call to itself: what is encoded. */
  async call(track) {
    const { sender, close } = await callItself(track);
    const encoded = async () => {
      for (const stats of (await sender.getStats()).values()) {
        if (stats.type === 'outbound-rtp') return stats.framesEncoded;
      }
      return 0;
    };
    let [first, began] = [0, 0];
    return {
      async reset() {
        first = await encoded();
        began = performance.now();
      },
      async read() {
        const frames = (await encoded()) - first;
        return { frames, fps: (frames * 1000) / (performance.now() - began) };
      },
      stop: close,
    };
  },
};

/** Sends tracks from one connection of this page to another; `remote` are the received ones. */
export async function callItself(...tracks) {
  const [from, to] = [new RTCPeerConnection(), new RTCPeerConnection()];
  from.onicecandidate = ({ candidate }) => void to.addIceCandidate(candidate ?? undefined);
  to.onicecandidate = ({ candidate }) => void from.addIceCandidate(candidate ?? undefined);
  const stream = new MediaStream(tracks);
  const [sender] = tracks.map((track) => from.addTrack(track, stream));
  const connected = new Promise((resolve) => {
    from.onconnectionstatechange = () => from.connectionState === 'connected' && resolve();
  });
  await from.setLocalDescription();
  await to.setRemoteDescription(from.localDescription);
  await to.setLocalDescription();
  await from.setRemoteDescription(to.localDescription);
  await connected;
  const remote = new MediaStream(to.getReceivers().map(({ track }) => track));
  return { sender, remote, close: () => (from.close(), to.close()) };
}
