import { expect } from '@open-wc/testing';
import { NativeVideo } from '../../../components/engine/generator/native-video.js';
import { Picture } from '../../../components/engine/generator/picture.js';
import { clear, frame as painted, red } from '../../support/frames.js';
import { base } from '../../support/sound.js';
import { until } from '../../support/wait.js';
import { colorAt, near } from '../effect/support.js';

describe('NativeVideo', () => {
  let sent: VideoFrame[];
  let backend: NativeVideo;
  let closed: number;

  beforeEach(() => {
    [sent, closed] = [[], 0];
    const stream = new WritableStream<VideoFrame>({ write: (frame) => void sent.push(frame) });
    backend = new NativeVideo(stream, () => closed++);
  });

  afterEach(() => {
    backend.release();
    for (const frame of sent) frame.close();
  });

  const count = (wanted: number): Promise<unknown> => until(() => sent.length === wanted, `${wanted} frames`);

  function frame(width = 64, timestamp = 0): VideoFrame {
    const canvas = new OffscreenCanvas(width, 48);
    canvas.getContext('2d')!.fillRect(0, 0, width, 48);
    return new VideoFrame(canvas, { timestamp });
  }

  it('repeats the frame that came last, later on the line of its time', async () => {
    // Far from ours.
    const time = 5e9;
    backend.send(frame(32, time - 1000));
    backend.send(frame(64, time));
    const since = performance.now();
    await until(() => performance.now() - since > 20, 'a moment');
    backend.repeat();
    await count(3);
    expect(sent.map(({ displayWidth }) => displayWidth)).to.deep.equal([32, 64, 64]);
    expect(sent[2]!.timestamp - time).to.be.within(19_000, 1_000_000);
  });

  it('goes on along that line while it is covered, and after', async () => {
    const time = 5e9;
    backend.send(frame(32, time));
    backend.cover();
    backend.show(Picture.of({ ...base, pattern: 'solid', color: 'black' })!, 0);
    backend.repeat();
    backend.uncover();
    backend.repeat();
    await count(4);
    const times = sent.map(({ timestamp }) => timestamp);
    expect(times).to.deep.equal(times.toSorted((one, other) => one - other));
    expect(times.at(-1)! - time).to.be.within(0, 1_000_000);
  });

  it('repeats a frame with holes without the one before', async () => {
    backend.send(painted(red));
    backend.repeat();
    backend.send(clear());
    backend.repeat();
    await count(4);
    expect(near(colorAt(sent[3]!), [0, 0, 0])).to.equal(true);
  });

  it('repeats nothing before there was something', async () => {
    backend.repeat();
    backend.send(frame());
    await count(1);
  });

  it('keeps no frame of a canvas that goes on and on, and the next that stays', async () => {
    for (let number = 0; number < 20; number++) backend.send(frame());
    await count(20);
    backend.repeat();
    const since = performance.now();
    await until(() => performance.now() - since > 150, 'a pause');
    backend.send(frame(32));
    backend.repeat();
    await count(22);
    expect(sent[21]!.displayWidth).to.equal(32);
  });

  it('covers a frame with a picture, and repeats the frame afterwards', async () => {
    const black = Picture.of({ ...base, pattern: 'solid', color: 'black', width: 16, height: 16 })!;
    backend.send(frame(64));
    backend.cover();
    backend.show(black, 0);
    backend.repeat();
    backend.uncover();
    backend.repeat();
    await count(4);
    expect(sent.map(({ displayWidth }) => displayWidth)).to.deep.equal([64, 16, 16, 64]);
  });

  it('tells once that its stream was closed, and closes what can go nowhere', async () => {
    const stream = new WritableStream<VideoFrame>({
      write() {
        throw new TypeError('no');
      },
    });
    let ends = 0;
    const other = new NativeVideo(stream, () => ends++);
    const lost = frame();
    other.send(lost);
    await until(() => ends === 1 && lost.format === null, 'the end');
    other.release();
    expect([ends, closed]).to.deep.equal([1, 0]);
  });
});
