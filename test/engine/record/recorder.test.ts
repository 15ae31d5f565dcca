import { expect } from '@open-wc/testing';
import { systemClock } from '../../../components/engine/clock.js';
import type { Generator } from '../../../components/engine/generator/generator.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { Recorder, type RecorderStatus } from '../../../components/engine/record/recorder.js';
import { Recording } from '../../../components/engine/record/recording.js';
import { repair } from '../../../components/engine/record/repair.js';
import { Tape } from '../../../components/engine/record/tape.js';
import { nextEvent, until } from '../../support/wait.js';
import { Disk, generated, load, plain, seek, unload } from './support.js';

const made: Generator[] = [];
const types = ['video/mp4', 'video/webm'].filter((type) => MediaRecorder.isTypeSupported(type));

afterEach(() => {
  for (const generator of made.splice(0)) generator.release();
});

async function stream(...changes: Parameters<typeof generated>): Promise<MediaStream> {
  const generator = await generated(...changes);
  made.push(generator);
  return generator.store.snapshot.stream!;
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

describe('Recorder', () => {
  for (const type of types) {
    it(`makes a file of ${type} that has a duration and can be sought in`, async () => {
      const { recorder, statuses, files, passed } = listened();
      recorder.start(await stream(), { ...plain, type, filename: 'test' });
      await passed(2);
      recorder.stop();
      const file = (await recorder.saved)!;
      expect(statuses).to.deep.equal(['recording', 'saving', 'inactive']);
      expect([file.name, file.type]).to.deep.equal([`test.${type.split('/')[1]}`, type]);
      expect(files.length === 1 && files[0] === file && recorder.store.snapshot.file === file).to.equal(true);
      const video = await load(file);
      expect(video.duration).to.be.within(1.2, 4);
      expect(Math.abs(video.duration - recorder.store.snapshot.duration) < 0.3).to.equal(true);
      expect(await seek(video, 1)).to.be.closeTo(1, 0.1);
      expect(await seek(video, 0.2)).to.be.closeTo(0.2, 0.1);
      expect([video.videoWidth, video.videoHeight]).to.deep.equal([160, 120]);
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
        const { duration, buffer } = await repair(bytes, null);
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
    recorder.stop();
    const video = await load((await recorder.saved)!);
    expect(video.duration).to.be.within(0.6, duration + 1.3);
    expect(statuses).to.deep.equal(['recording', 'paused', 'recording', 'saving', 'inactive']);
    unload(video);
  });

  it('ends at a duration by itself', async () => {
    const { recorder, files } = listened();
    recorder.start(await stream(), { ...plain, maxDuration: 0.6 });
    await until(() => files.length === 1);
    expect(recorder.store.snapshot.duration).to.be.within(0.3, 1.2);
  });

  it('ends before a size by itself', async () => {
    const { recorder, files } = listened();
    recorder.start(await stream({ pattern: 'noise' }), { ...plain, maxSize: 300_000 });
    await until(() => files.length === 1);
    expect(files[0]!.size).to.be.within(1, 320_000);
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

  it('keeps what there is when the browser gives up', async () => {
    const Native = MediaRecorder;
    const natives: MediaRecorder[] = [];
    globalThis.MediaRecorder = class extends Native {
      constructor(...all: ConstructorParameters<typeof MediaRecorder>) {
        super(...all);
        natives.push(this);
      }
    };
    const { recorder, errors, passed } = listened();
    recorder.start(await stream(), plain);
    globalThis.MediaRecorder = Native;
    await passed(1);
    natives[0]!.dispatchEvent(new ErrorEvent('error', { error: new DOMException('', 'EncodingError') }));
    const file = (await recorder.saved)!;
    expect(errors.map(({ code }) => code)).to.deep.equal(['aborted']);
    const video = await load(file);
    expect(video.duration).to.be.within(0.3, 3);
    unload(video);
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
    const { duration } = await repair(tape.blob, null);
    expect(duration > 0).to.equal(true);
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
    const { duration } = await repair(new Blob(parts), null);
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

  it('writes the whole file where the page wants it', async () => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle('picked', { create: true });
    const { recorder, passed } = listened();
    recorder.start(await stream(), plain, { file: handle });
    await passed(0.5);
    recorder.stop();
    const file = (await recorder.saved)!;
    const picked = await handle.getFile();
    expect(picked.size > 0 && picked.size === file.size).to.equal(true);
    const video = await load(picked);
    expect(Number.isFinite(video.duration)).to.equal(true);
    unload(video);
    await root.removeEntry('picked');
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

  it('records sound', async function () {
    const given = await stream({ kind: 'audio video', tone: 'sine' });
    const { recorder, passed } = listened();
    recorder.start(given, plain);
    await passed(1);
    recorder.stop();
    const video = await load((await recorder.saved)!);
    expect(video.duration).to.be.within(0.4, 3);
    const heard = nextEvent(video, 'playing');
    await video.play();
    await heard;
    unload(video);
  });
});
