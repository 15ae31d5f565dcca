import { expect } from '@open-wc/testing';
import { systemClock } from '../../../components/engine/clock.js';
import type { Generator } from '../../../components/engine/generator/generator.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { FileInTheMaking } from '../../../components/engine/record/file-in-the-making.js';
import { Recorder, type RecorderStatus } from '../../../components/engine/record/recorder.js';
import { Recording } from '../../../components/engine/record/recording.js';
import { repair } from '../../../components/engine/record/repair.js';
import { Tape } from '../../../components/engine/record/tape.js';
import { ManualClock } from '../../support/manual-clock.js';
import { blue, painted, red, type Color } from '../../support/frames.js';
import { pixel } from '../../support/media.js';
import { nextEvent, until } from '../../support/wait.js';
import { near } from '../effect/support.js';
import { Disk, generated, load, plain, seek, unload, withoutDisk } from './support.js';

const made: Generator[] = [];
const types = ['video/mp4', 'video/webm'].filter((type) => MediaRecorder.isTypeSupported(type));

const cleanUp: (() => void)[] = [];

afterEach(() => {
  for (const generator of made.splice(0)) generator.release();
  for (const step of cleanUp.splice(0)) step();
});

async function stream(...changes: Parameters<typeof generated>): Promise<MediaStream> {
  const generator = await generated(...changes);
  made.push(generator);
  return generator.store.snapshot.stream!;
}

/** A picture of one colour that the test changes. */
function filmed(color: Color) {
  const canvas = painted(color, 160, 120);
  const context = canvas.getContext('2d')!;
  const resize = (width: number, height: number): void => void Object.assign(canvas, { width, height });
  const film = { color, stream: canvas.captureStream(30), resize };
  const timer = setInterval(() => {
    context.fillStyle = `rgb(${film.color.join(' ')})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 33);
  cleanUp.push(() => {
    clearInterval(timer);
    for (const track of film.stream.getTracks()) track.stop();
  });
  return film;
}

/** A file such as a user chooses, and how often and how much was written into it; so many times that fails. */
async function chosen(name = 'chosen') {
  const root = await navigator.storage.getDirectory();
  const handle = await root.getFileHandle(name, { create: true });
  cleanUp.push(() => void root.removeEntry(name));
  const written = { times: 0, bytes: 0, fail: 0 };
  const createWritable = handle.createWritable.bind(handle);
  handle.createWritable = async () => {
    if (++written.times <= written.fail) throw new DOMException('', 'NotAllowedError');
    const writable = await createWritable();
    const write = writable.getWriter.bind(writable);
    writable.getWriter = () => {
      const writer = write();
      const each = writer.write.bind(writer);
      writer.write = async (chunk: { data: Uint8Array }) => {
        written.bytes += chunk.data.length;
        await each(chunk);
      };
      return writer;
    };
    return writable;
  };
  return { handle, written };
}

/** A recorder, and what it tells. */
function listened() {
  const errors: MediaKitError[] = [];
  const files: (File | null)[] = [];
  const statuses: RecorderStatus[] = [];
  const slices: Blob[] = [];
  const recorder = new Recorder({
    onError: (error) => errors.push(error),
    onStop: (file) => files.push(file),
    onData: (data) => slices.push(data),
  });
  recorder.store.subscribe(({ status }) => {
    if (statuses.at(-1) !== status) statuses.push(status);
  });
  const passed = (seconds: number): Promise<unknown> =>
    until(() => recorder.store.snapshot.duration > seconds, `${seconds} s`);
  return { recorder, errors, files, statuses, slices, passed };
}

/** The browser's own recorder that `start` makes. */
function spied(start: () => void): MediaRecorder {
  const Native = MediaRecorder;
  const natives: MediaRecorder[] = [];
  globalThis.MediaRecorder = class extends Native {
    constructor(...all: ConstructorParameters<typeof MediaRecorder>) {
      super(...all);
      natives.push(this);
    }
  };
  try {
    start();
  } finally {
    globalThis.MediaRecorder = Native;
  }
  return natives[0]!;
}

const sliceOf = (size: number): BlobEvent =>
  new BlobEvent('dataavailable', { data: new Blob([new Uint8Array(size)]) });

describe('Recorder', () => {
  for (const type of types) {
    it(`makes a file of ${type} that has a duration and can be sought in`, async () => {
      const { recorder, statuses, files, passed } = listened();
      const film = filmed(red);
      recorder.start(film.stream, { ...plain, type, filename: 'test' });
      await passed(1.5);
      film.color = blue;
      await passed(3);
      recorder.stop();
      const file = (await recorder.saved)!;
      expect(statuses).to.deep.equal(['recording', 'saving', 'inactive']);
      expect([file.name, file.type]).to.deep.equal([`test.${type.split('/')[1]}`, type]);
      expect(files.length === 1 && files[0] === file && recorder.store.snapshot.file === file).to.equal(true);
      const video = await load(file);
      expect(video.duration).to.be.within(2.2, 5);
      expect(Math.abs(video.duration - recorder.store.snapshot.duration) < 0.3).to.equal(true);
      expect([video.videoWidth, video.videoHeight]).to.deep.equal([160, 120]);
      for (const [time, color] of [
        [2.1, blue],
        [0.4, red],
        [video.duration - 0.1, blue],
        [0.9, red],
      ] as const) {
        expect(await seek(video, time)).to.be.closeTo(time, 0.1);
        const seen = pixel(video, 0.5, 0.5);
        expect(near(seen, color), `${seen.join()} at ${time}`).to.equal(true);
      }
      unload(video);
    });

    it(`goes on in ${type} where the picture changes its size`, async () => {
      const { recorder, errors, passed } = listened();
      const film = filmed(red);
      recorder.start(film.stream, { ...plain, type });
      await passed(1);
      film.resize(320, 240);
      film.color = blue;
      await passed(2.5);
      recorder.stop();
      const video = await load((await recorder.saved)!);
      for (const [time, color] of [
        [video.duration - 0.3, blue],
        [0.3, red],
      ] as const) {
        await seek(video, time);
        const seen = pixel(video, 0.5, 0.5);
        expect(near(seen, color), `${seen.join()} at ${time}`).to.equal(true);
      }
      expect(errors.length).to.equal(0);
      unload(video);
    });

    it(`leaves bytes of ${type} that can be played where they break off`, async () => {
      const { recorder, slices } = listened();
      recorder.start(await stream(), { ...plain, type });
      await until(() => slices.length > 3 && recorder.store.snapshot.duration > 3, 'some slices');
      const broken = new Blob(slices);
      recorder.stop();
      await recorder.saved;
      for (const bytes of [broken, broken.slice(0, broken.size - 99)]) {
        const { duration, buffer } = (await repair(bytes, null))!;
        expect(duration).to.be.within(0.5, 5);
        const video = await load(new Blob([buffer!], { type }));
        expect(Math.abs(video.duration - duration) < 0.3).to.equal(true);
        unload(video);
      }
    });
  }

  it('tells of its progress', async () => {
    const { recorder, slices, passed } = listened();
    recorder.start(await stream(), plain);
    await passed(0.5);
    const { size, type, status } = recorder.store.snapshot;
    expect(size).to.equal(slices.reduce((sum, slice) => sum + slice.size, 0));
    expect([MediaRecorder.isTypeSupported(type), status]).to.deep.equal([true, 'recording']);
    expect(type.startsWith(types[0]!), `${type} is the best of ${types.join()}`).to.equal(true);
    recorder.stop();
    const file = await recorder.saved;
    expect(recorder.store.snapshot.size).to.equal(file!.size);
  });

  it('leaves pauses out', async () => {
    const { recorder, statuses, passed } = listened();
    const given = await stream();
    recorder.start(given, plain);
    await passed(0.5);
    recorder.pause();
    await until(() => recorder.store.snapshot.status === 'paused');
    const { duration } = recorder.store.snapshot;
    const begun = performance.now();
    await until(() => performance.now() - begun > 700, 'a pause');
    recorder.resume();
    await passed(duration + 0.5);
    const told = recorder.store.snapshot.duration;
    recorder.stop();
    const video = await load((await recorder.saved)!);
    // The pause is longer than that.
    expect(video.duration).to.be.closeTo(told, 0.5);
    expect(statuses).to.deep.equal(['recording', 'paused', 'recording', 'saving', 'inactive']);
    unload(video);
  });

  it('ends at a duration by itself', async () => {
    const { recorder, files } = listened();
    recorder.start(await stream(), { ...plain, maxDuration: 0.6 });
    await until(() => files.length === 1);
    expect(recorder.store.snapshot.duration).to.be.within(0.3, 1.2);
  });

  it('ends at about a size by itself', async () => {
    const { recorder, files } = listened();
    recorder.start(await stream({ pattern: 'noise' }), { ...plain, maxSize: 300_000 });
    await until(() => files.length === 1);
    expect(files[0]!.size).to.be.within(1, 320_000);
  });

  it('ends before a size where key frames are far larger than what is between them', async () => {
    const { recorder, files, slices } = listened();
    const given = await stream();
    const native = spied(() => recorder.start(given, { ...plain, timeslice: 60_000, maxSize: 38_000 }));
    for (const size of [10_000, ...Array<number>(10).fill(2000), 10_000]) {
      if (native.state === 'recording') native.dispatchEvent(sliceOf(size));
    }
    expect(new Blob(slices).size).to.be.within(20_000, 38_000);
    // What the test has made up is no picture.
    const { warn } = console;
    console.warn = () => {};
    cleanUp.push(() => (console.warn = warn));
    await until(() => files.length === 1);
  });

  it('has on the disk of the browser what came, while it goes on', async () => {
    const { prototype } = FileSystemFileHandle;
    const { getFile } = prototype;
    const sizes: number[] = [];
    prototype.getFile = async function () {
      const file = await getFile.call(this);
      sizes.push(file.size);
      return file;
    };
    // What the test has made up is no picture.
    const { warn } = console;
    console.warn = () => {};
    cleanUp.push(() => {
      prototype.getFile = getFile;
      console.warn = warn;
    });
    const { recorder } = listened();
    const given = await stream();
    const native = spied(() => recorder.start(given, { ...plain, timeslice: 60_000 }));
    const size = 9 * 2 ** 20;
    native.dispatchEvent(sliceOf(size));
    await until(() => sizes.length > 0, 'a file');
    expect([native.state, sizes]).to.deep.equal(['recording', [size]]);
    recorder.stop();
    expect((await recorder.saved)!.size >= size).to.equal(true);
  });

  it('ends with its tracks', async () => {
    const { recorder, files, errors, passed } = listened();
    const given = await stream();
    recorder.start(given, plain);
    await passed(0.5);
    made[0]!.stop();
    await until(() => files.length === 1);
    expect([files[0]!.size > 0, errors.length]).to.deep.equal([true, 0]);
  });

  it('goes on where the stream gets, or loses, a track', async () => {
    const { recorder, errors, passed } = listened();
    const given = await stream();
    recorder.start(given, plain);
    await passed(0.3);
    given.addTrack((await stream()).getVideoTracks()[0]!);
    given.removeTrack(given.getVideoTracks()[0]!);
    await passed(1);
    recorder.stop();
    expect([(await recorder.saved)!.size > 0, errors.length]).to.deep.equal([true, 0]);
  });

  it('records what is left where a track has ended before', async () => {
    const { recorder, errors, passed } = listened();
    for (const [over, length] of [
      ['audio', 2],
      ['video', 0.5],
    ] as const) {
      const sound = await stream({ kind: 'audio', tone: 'sine' });
      const tracks = [...filmed(red).stream.getTracks(), ...sound.getTracks()];
      // Chromium waits for a clone that has ended, for its source goes on.
      const given = new MediaStream(tracks.map((track) => (track.kind === over ? track.clone() : track)));
      for (const track of given.getTracks()) if (track.kind === over) track.stop();
      const left = over === 'audio' ? types : ['audio/mp4', 'audio/webm'];
      const type = left.find((each) => MediaRecorder.isTypeSupported(each))!;
      recorder.start(given, { ...plain, type });
      await passed(length);
      recorder.stop();
      const video = await load((await recorder.saved)!);
      expect(video.duration, type).to.be.within(length * 0.7, length + 2);
      unload(video);
    }
    expect(errors.length).to.equal(0);
  });

  for (const place of ['on the disk', 'in memory', "in a file of the user's"]) {
    it(`keeps a whole file of what there is ${place} when the browser gives up`, async () => {
      if (place === 'in memory') cleanUp.push(withoutDisk());
      // Browsers play much that is not whole: what is kept as it came is warned of.
      const { warn } = console;
      const warnings: string[] = [];
      console.warn = (words: string) => warnings.push(words);
      cleanUp.push(() => (console.warn = warn));
      const film = filmed(red);
      const keeps = async (type: string): Promise<void> => {
        const file = place.includes('file') ? (await chosen(type.split('/')[1])).handle : undefined;
        const { recorder, errors, passed } = listened();
        const native = spied(() => recorder.start(film.stream, { ...plain, type }, { file }));
        await passed(1.2);
        native.dispatchEvent(new ErrorEvent('error', { error: new DOMException('', 'EncodingError') }));
        const saved = (await recorder.saved)!;
        expect(errors.map(({ code }) => code)).to.deep.equal(['aborted']);
        const video = await load(file ? await file.getFile() : saved);
        expect(video.duration, type).to.be.within(0.4, 3);
        for (const part of [0.7, 0.2]) {
          const time = part * video.duration;
          expect(await seek(video, time)).to.be.closeTo(time, 0.1);
          // `seeked` may come before the picture on a busy machine.
          await until(() => near(pixel(video, 0.5, 0.5), red), `${type} at ${time}`);
        }
        unload(video);
      };
      await Promise.all(types.map(keeps));
      expect(warnings).to.deep.equal([]);
    });
  }

  it('keeps a whole file when the browser gives up over a track that its own stream gets', async () => {
    const film = filmed(red);
    const keeps = async (type: string): Promise<void> => {
      const { recorder, errors, passed } = listened();
      const native = spied(() => recorder.start(film.stream, { ...plain, type }));
      await passed(1.2);
      const another = film.stream.getVideoTracks()[0]!.clone();
      cleanUp.push(() => another.stop());
      native.stream.addTrack(another);
      const video = await load((await recorder.saved)!);
      expect([native.state, errors.map(({ code }) => code)]).to.deep.equal(['inactive', ['aborted']]);
      expect((errors[0]!.cause as DOMException).name).to.equal('InvalidModificationError');
      expect(video.duration, type).to.be.within(0.4, 3);
      const time = video.duration / 2;
      expect(await seek(video, time)).to.be.closeTo(time, 0.1);
      await until(() => near(pixel(video, 0.5, 0.5), red), type);
      unload(video);
    };
    await Promise.all(types.map(keeps));
  });

  it('has no file of a recording in which nothing came', async () => {
    const { handle } = await chosen();
    const { recorder, errors } = listened();
    const blank = document.createElement('canvas').captureStream(0);
    cleanUp.push(() => blank.getTracks()[0]!.stop());
    for (const file of [undefined, handle]) {
      recorder.start(blank, plain, { file });
      recorder.stop();
      expect([await recorder.saved, recorder.store.snapshot.file]).to.deep.equal([null, null]);
    }
    expect([errors.length, (await handle.getFile()).size]).to.deep.equal([0, 0]);
  });

  it('ends when the disk is full, and keeps all that came', async () => {
    const disk = new Disk();
    disk.room = 1;
    const tape = new Tape(disk, 10_000);
    let size = 0;
    const recording = new Recording(await stream({ pattern: 'noise' }), {
      ...{ ...plain, type: types.at(-1)!, clock: systemClock, destination: tape },
      changed: () => {},
      advanced: (data) => (size += data.size),
    });
    expect((await recording.done)!.code).to.equal('aborted');
    expect([tape.blob.size === size, disk.files]).to.deep.equal([true, 1]);
    const { duration } = (await repair(tape.blob, null))!;
    expect(duration > 0).to.equal(true);
  });

  it('takes a long stretch at once, and says where it cannot go on storing', async () => {
    const { recorder, errors } = listened();
    const stuck = new WritableStream<Uint8Array<ArrayBuffer>>({ write: () => new Promise(() => {}) });
    const given = await stream();
    const native = spied(() => recorder.start(given, { ...plain, timeslice: 60_000 }, { writable: stuck }));
    native.dispatchEvent(sliceOf(65 * 2 ** 20));
    expect(native.state).to.equal('recording');
    native.dispatchEvent(sliceOf(1));
    const thrown = await recorder.saved.catch((error: MediaKitError) => error);
    expect([(thrown as MediaKitError).code, errors.length]).to.deep.equal(['timeout', 1]);
    expect(recorder.store.snapshot.status).to.equal('inactive');
  });

  const forEver = (): Promise<void> => new Promise(() => {});
  for (const [what, sink] of Object.entries<UnderlyingSink<Uint8Array>>({
    'is stuck': { write: forEver },
    'does not close': { close: forEver },
  })) {
    it(`ends where a stream ${what} at the end, and says so`, async () => {
      const clock = new ManualClock();
      const errors: MediaKitError[] = [];
      const recorder = new Recorder({ clock, onError: (error) => errors.push(error) });
      recorder.start(await stream(), plain, { writable: new WritableStream(sink) });
      await until(() => recorder.store.snapshot.size > 0, 'bytes');
      recorder.stop();
      let code = '';
      recorder.saved.catch((error: MediaKitError) => (code = error.code));
      await until(() => {
        clock.advance(60_000);
        return code;
      }, 'the end');
      expect([code, errors.length, recorder.store.snapshot.status]).to.deep.equal(['timeout', 1, 'inactive']);
    });
  }

  it('waits for a stream that takes its time', async () => {
    const clock = new ManualClock();
    const recorder = new Recorder({ clock });
    const gates: (() => void)[] = [];
    const slow = (): Promise<void> => new Promise((open) => gates.push(open));
    const given = await stream();
    const writable = new WritableStream<Uint8Array<ArrayBuffer>>({ write: slow, close: slow });
    const native = spied(() => recorder.start(given, { ...plain, timeslice: 60_000 }, { writable }));
    for (let slice = 0; slice < 3; slice++) native.dispatchEvent(sliceOf(10));
    const ended = nextEvent(native, 'stop');
    recorder.stop();
    await ended;
    let saved = false;
    recorder.saved.then(
      () => (saved = true),
      () => {},
    );
    // Three slices, what the browser had left, if anything, and the end.
    for (let took = 1; !saved; took++) {
      await until(() => saved || gates.length === took, `${took} taken`);
      clock.advance(50_000);
      gates.at(-1)!();
    }
    expect(clock.now()).to.be.above(150_000);
  });

  it('sends the bytes to a stream as they come, and keeps nothing', async () => {
    const { recorder } = listened();
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let closed = false;
    const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (bytes) => void parts.push(bytes),
      close: () => void (closed = true),
    });
    recorder.start(await stream(), plain, { writable });
    await until(() => parts.length > 1, 'bytes');
    recorder.stop();
    expect([await recorder.saved, closed]).to.deep.equal([null, true]);
    const { duration } = (await repair(new Blob(parts), null))!;
    expect(duration > 0.1).to.equal(true);
  });

  it('ends where a stream takes no more, and says why', async () => {
    const { recorder, errors } = listened();
    const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: () => Promise.reject(new Error('the server has gone')),
    });
    recorder.start(await stream(), plain, { writable });
    const thrown = await recorder.saved.then(
      () => null,
      (error: MediaKitError) => error,
    );
    expect([thrown!.code, errors.length, errors[0] === thrown]).to.deep.equal(['aborted', 1, true]);
  });

  it('writes the file where the page wants it, as it records', async () => {
    const { handle, written } = await chosen();
    const { recorder, slices, passed } = listened();
    recorder.start(await stream({ pattern: 'noise', width: 640, height: 480 }), plain, { file: handle });
    await until(() => written.bytes > 100_000, 'bytes on the disk');
    expect(recorder.store.snapshot.status).to.equal('recording');
    await passed(1);
    recorder.stop();
    const file = (await recorder.saved)!;
    const picked = await handle.getFile();
    expect([picked.size === file.size, written.times]).to.deep.equal([true, 1]);
    expect(picked.size > new Blob(slices).size / 2).to.equal(true);
    const video = await load(picked);
    expect(Math.abs(video.duration - recorder.store.snapshot.duration) < 0.3).to.equal(true);
    unload(video);
  });

  it('leaves a file as it was that cannot be made, and does not keep it', async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('kept', { create: true });
    const before = await handle.createWritable();
    await before.write('before');
    await before.close();
    for (const raw of [new Blob(['nothing']), new Blob(['nothing']).stream()]) {
      const thrown = await repair(raw, await handle.createWritable()).catch(() => 'refused');
      expect([thrown, await (await handle.getFile()).text()]).to.deep.equal(['refused', 'before']);
    }
    await root.removeEntry('kept');
  });

  it('makes the file again where it went wrong on the way', async () => {
    const { handle, written } = await chosen();
    written.fail = 1;
    const { recorder, errors, passed } = listened();
    recorder.start(await stream(), plain, { file: handle });
    await passed(0.5);
    recorder.stop();
    const file = (await recorder.saved)!;
    expect([written.times, errors.length, (await handle.getFile()).size]).to.deep.equal([2, 0, file.size]);
    const video = await load(file);
    expect(Number.isFinite(video.duration)).to.equal(true);
    unload(video);
  });

  it('has the recording all the same where it cannot be saved in its place, and says so', async () => {
    const { handle, written } = await chosen();
    written.fail = Infinity;
    const { warn } = console;
    console.warn = () => {};
    try {
      const { recorder, errors, slices, passed } = listened();
      recorder.start(await stream(), plain, { file: handle });
      await passed(0.5);
      recorder.stop();
      expect((await recorder.saved)!.size).to.equal(new Blob(slices).size);
      expect(errors.map(({ code }) => code)).to.deep.equal(['aborted']);
    } finally {
      console.warn = warn;
    }
  });

  it('leaves nothing on the disk but its file', async () => {
    const disk = new Disk();
    const tape = new Tape(disk, 10_000);
    let size = 0;
    const type = types.at(-1)!;
    const recording = new Recording(await stream({ pattern: 'noise' }), {
      ...{ ...plain, type, clock: systemClock, destination: tape },
      changed: () => {},
      advanced: (data) => (size += data.size),
    });
    const making = new FileInTheMaking(tape, { type, name: 'noise', scratch: disk, picked: null });
    await until(() => disk.files > 3, 'some pieces');
    recording.stop();
    await recording.done;
    const { file, duration } = (await making.finish())!;
    expect([disk.files, tape.blob.size, file.size > size / 2]).to.deep.equal([1, 0, true]);
    expect(duration! > 0.1).to.equal(true);
  });

  it('keeps what it cannot repair as it came', async () => {
    const { warn } = console;
    const warnings: string[] = [];
    console.warn = (words: string) => void warnings.push(words);
    const createWritable = FileSystemFileHandle.prototype.createWritable;
    FileSystemFileHandle.prototype.createWritable = () => Promise.reject(new Error('full'));
    try {
      const { recorder, slices, passed } = listened();
      recorder.start(await stream(), plain);
      await passed(0.5);
      recorder.stop();
      const file = (await recorder.saved)!;
      expect(file.size).to.equal(new Blob(slices).size);
      expect(warnings[0]).to.contain('kept as it came');
    } finally {
      FileSystemFileHandle.prototype.createWritable = createWritable;
      console.warn = warn;
    }
  });

  it('refuses what it cannot record, with a reason', async () => {
    const { recorder } = listened();
    const given = await stream();
    const refusal = (...[what, wishes]: Parameters<Recorder['start']>): string => {
      try {
        recorder.start(what, wishes);
      } catch (thrown) {
        return (thrown as MediaKitError).code;
      }
      return 'none';
    };
    expect(refusal(null, plain)).to.equal('bad-input');
    expect(refusal(new MediaStream(), plain)).to.equal('bad-input');
    expect(refusal(given, { ...plain, type: 'video/avi' })).to.equal('unsupported');
    expect(refusal(given, plain)).to.equal('none');
    expect(refusal(given, plain)).to.equal('aborted');
    recorder.stop();
    await recorder.saved;
    expect(refusal(given, plain)).to.equal('none');
    recorder.stop();
    await recorder.saved;
  });

  it('records sound', async () => {
    const given = await stream({ kind: 'audio video', tone: 'sine' });
    const { recorder, passed } = listened();
    recorder.start(given, plain);
    await passed(1);
    recorder.stop();
    const file = (await recorder.saved)!;
    const context = new OfflineAudioContext(1, 1, 48_000);
    const heard = await context.decodeAudioData(await file.arrayBuffer());
    expect(heard.duration).to.be.within(0.4, 3);
    expect(heard.getChannelData(0).some((sample) => sample > 0.1)).to.equal(true);
  });
});
