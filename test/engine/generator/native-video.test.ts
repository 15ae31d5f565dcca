import { expect } from '@open-wc/testing';
import { NativeVideo } from '../../../components/engine/generator/native-video.js';
import { Picture } from '../../../components/engine/generator/picture.js';
import { base } from '../../support/sound.js';
import { until } from '../../support/wait.js';

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

  function frame(width = 64): VideoFrame {
    const canvas = new OffscreenCanvas(width, 48);
    canvas.getContext('2d')!.fillRect(0, 0, width, 48);
    return new VideoFrame(canvas, { timestamp: 0 });
  }

  it('repeats the frame that came last, with a time of its own', async () => {
    backend.send(frame(32));
    backend.send(frame(64));
    backend.repeat();
    await count(3);
    expect(sent.map(({ displayWidth }) => displayWidth)).to.deep.equal([32, 64, 64]);
    expect(sent[2]!.timestamp).to.be.above(0);
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
