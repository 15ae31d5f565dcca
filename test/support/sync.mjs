// Knows pictures of `pattern="sync"` again, wherever they have come. For pages that `startExamples()` serves.
import assert from 'node:assert/strict';
import { hears, meets, root, until } from './e2e.mjs';

const reader = `/@fs${root}components/engine/generator/sync-reader.ts`;

/** A picture is recent for so many ms. */
const RECENT = 3000;

/**
 * The generator with this id makes pictures and beeps, or another tone, to measure by, and the page keeps what it has
 * sent.
 */
export function sendSync(page, { id = 'camera', tone = 'beep', width = 320, height = 180 } = {}) {
  return page.evaluate(
    async (reader, id, given) => {
      const { SyncReader } = await import(reader);
      const camera = document.getElementById(id);
      Object.assign(camera, { pattern: 'sync', ...given });
      await window.e2e.until(() => camera.stream, 'a stream');
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
    id,
    { tone, width, height },
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

/** Rejects unless `page` shows, as the peer `name`, pictures that `sender` has just made, one after the other. */
export async function seesSync(page, name, sender) {
  let seen = [];
  let known = [];
  await until(
    async () => {
      seen = await page.evaluate(readPictures, reader, name);
      const sent = await sentSync(sender);
      known = seen.filter(({ number, sentAt, latency }) => sent.get(number) === sentAt && latency < RECENT);
      return known.length >= 5;
    },
    `pictures of ${name}`,
    20_000,
  ).catch(({ message }) => {
    const last = JSON.stringify(seen.at(-1));
    throw new Error(`${message}; ${seen.length} read, ${known.length} known and recent, last ${last}`);
  });
  for (const [at, { number, sentAt }] of known.slice(1).entries()) {
    const before = known[at];
    assert.ok(number > before.number && sentAt > before.sentAt, `${number} after ${before.number}`);
  }
}

/**
 * Rejects unless these pages, by the names that they have in the call, are all that are in the room, and each sees what
 * every other has just made, and hears it.
 */
export async function seeAndHearEachOther(members) {
  const all = Object.entries(members);
  await Promise.all(
    all.flatMap(([own, page]) => {
      const others = all.filter(([name]) => name !== own);
      return [
        meets(page, ...others.map(([name]) => name)),
        ...others.flatMap(([name, sender]) => [seesSync(page, name, sender), hears(page, name)]),
      ];
    }),
  );
}

/** Runs in the page: what the next pictures of the peer say, as far as they can be read. */
async function readPictures(reader, name) {
  const { tileVideo, until } = window.e2e;
  const { SyncReader } = await import(reader);
  const far = new SyncReader();
  const seen = [];
  far.store.subscribe(({ last }) => {
    if (last && last !== seen.at(-1)) seen.push(last);
  });
  try {
    far.watch(await until(() => tileVideo(name), `the tile of ${name}`));
    // It may become another element's.
    await until(() => seen.length >= 10, 'pictures', 2000).catch(() => {});
  } finally {
    far.release();
  }
  return seen;
}
