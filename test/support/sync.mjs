// Knows pictures of `pattern="sync"` again, wherever they have come. For pages that `open()` has opened at `/fixture`.
import { root } from './e2e.mjs';

const reader = `/@fs${root}components/engine/generator/sync-reader.ts`;

/** The generator with the id `camera` makes pictures and beeps to measure by, and the page keeps what it has sent. */
export function sendSync(page, { width = 640, height = 360 } = {}) {
  return page.evaluate(
    async (reader, width, height) => {
      const { SyncReader } = await import(reader);
      const camera = document.querySelector('#camera');
      Object.assign(camera, { pattern: 'sync', tone: 'beep', width, height });
      const video = document.createElement('video');
      Object.assign(video, { muted: true, srcObject: camera.stream });
      document.body.append(video);
      await video.play();
      const own = new SyncReader();
      const sent = new Map();
      own.store.subscribe(({ last }) => last && sent.set(last.number, last.sentAt));
      own.watch(video);
      window.sync = { sent, own };
      await window.e2e.until(() => sent.size > 10, 'pictures of its own');
    },
    reader,
    width,
    height,
  );
}

/** Limits what the page sends to each peer, as `RTCRtpSender.setParameters()` does. */
export function limitVideo(page, limits) {
  return page.evaluate(async (limits) => {
    const { call } = window.e2e;
    for (const { id } of call().peers) {
      for (const sender of call().getPeerConnection(id).getSenders()) {
        if (sender.track?.kind !== 'video') continue;
        const parameters = sender.getParameters();
        if (!parameters.encodings?.length) parameters.encodings = [{}];
        Object.assign(parameters.encodings[0], limits);
        await sender.setParameters(parameters);
      }
    }
  }, limits);
}

/** Watches and hears the peer: resolves when its pictures, of this width at most (a busy machine sends less), can be read. */
export function watchSync(page, name, width) {
  return page.evaluate(
    async (reader, name, width) => {
      const { peer, tileVideo, until } = window.e2e;
      const { SyncReader } = await import(reader);
      const shown = () => {
        const video = tileVideo(name);
        return video?.videoWidth && video.videoWidth <= width && video;
      };
      const video = await until(shown, `${name} in ${width} px`, 30_000);
      const far = new SyncReader();
      const received = [];
      far.store.subscribe(({ last }) => {
        if (last && last !== received.at(-1)) received.push(last);
      });
      far.watch(video);
      await far.listen(peer(name).stream);
      Object.assign((window.sync ??= {}), { far, received });
      await until(() => far.store.snapshot.frames > 0, 'a picture that can be read');
    },
    reader,
    name,
    width,
  );
}

/** What was received since `watchSync()`: the figures of the reader, and each picture with the time of its making. */
export function receivedSync(page, name) {
  return page.evaluate(async (name) => {
    const { call, peer } = window.e2e;
    const stats = [...(await call().getPeerConnection(peer(name).id).getStats()).values()];
    const { codecId } = stats.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'video');
    const codec = stats.find(({ id }) => id === codecId).mimeType;
    const pictures = window.sync.received.map(({ number, sentAt }) => [number, sentAt]);
    return { ...window.sync.far.store.snapshot, codec, pictures };
  }, name);
}

/** What the page has sent since `sendSync()`: the time of making by the number. */
export async function sentSync(page) {
  return new Map(await page.evaluate(() => [...window.sync.sent]));
}
