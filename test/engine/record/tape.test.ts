import { expect } from '@open-wc/testing';
import { StreamDestination, Tape } from '../../../components/engine/record/tape.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { Disk, withoutDisk } from './support.js';

const blob = (text: string): Blob => new Blob([text]);

const refusal = (promise: Promise<void>): Promise<MediaKitError | null> =>
  promise.then(
    () => null,
    (thrown: MediaKitError) => thrown,
  );

describe('Tape', () => {
  it('puts piece after piece on the disk, and has all of it', async () => {
    const disk = new Disk();
    const tape = new Tape(disk, 4);
    for (const part of ['ab', 'cd', 'efgh', 'i']) await tape.write(blob(part));
    expect(disk.files).to.equal(2);
    expect(await tape.blob.text()).to.equal('abcdefghi');
    await tape.clear();
    expect([disk.files, tape.blob.size]).to.deep.equal([0, 0]);
  });

  it('plays what there is and what comes, to its end', async () => {
    const tape = new Tape(new Disk(), 4);
    await tape.write(blob('abc'));
    const played = new Response(tape.play()).text();
    for (const part of ['defg', 'h', 'ijk']) {
      await tape.write(blob(part));
      await new Promise((resolve) => setTimeout(resolve));
    }
    tape.end();
    expect(await played).to.equal('abcdefghijk');
    expect(await new Response(tape.play()).text()).to.equal('abcdefghijk');
    await tape.clear();
  });

  it('keeps all that came when the disk is full, and says so', async () => {
    const disk = new Disk();
    disk.room = 1;
    const tape = new Tape(disk, 4);
    await tape.write(blob('abcd'));
    const error = await refusal(tape.write(blob('efgh')));
    expect(error!.code).to.equal('aborted');
    expect((error!.cause as DOMException).name).to.equal('QuotaExceededError');
    expect(await tape.blob.text()).to.equal('abcdefgh');
  });

  it('holds it where there is no disk', async () => {
    const disk = new Disk();
    disk.room = 0;
    const tape = new Tape(disk, 4);
    for (const part of ['abcd', 'efgh']) await tape.write(blob(part));
    expect(await tape.blob.text()).to.equal('abcdefgh');
  });

  it('holds it where the disk cannot be written to', async () => {
    const giveBack = withoutDisk();
    try {
      const tape = new Tape(new Disk(), 4);
      for (const part of ['abcd', 'efgh']) await tape.write(blob(part));
      expect(await tape.blob.text()).to.equal('abcdefgh');
    } finally {
      giveBack();
    }
  });
});

describe('StreamDestination', () => {
  it('writes the bytes as they come, and closes the stream', async () => {
    const written: string[] = [];
    const decoder = new TextDecoder();
    const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (bytes) => void written.push(decoder.decode(bytes)),
      close: () => void written.push('end'),
    });
    const destination = new StreamDestination(writable);
    await destination.write(blob('one'));
    await destination.write(blob('two'));
    await destination.close();
    expect(written).to.deep.equal(['one', 'two', 'end']);
  });

  it('refuses a stream that is in use', () => {
    const writable = new WritableStream<Uint8Array<ArrayBuffer>>();
    writable.getWriter();
    expect(() => new StreamDestination(writable)).to.throw('in use');
  });

  it('tells when the stream takes no more', async () => {
    const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: () => Promise.reject(new Error('gone')),
    });
    const error = await refusal(new StreamDestination(writable).write(blob('one')));
    expect(error!.code).to.equal('aborted');
  });
});
