import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { launch, open, seesAndHears, startExamples } from '../support/e2e.mjs';
import { tone } from '../support/wav.mjs';

/** What the clip shows, one second each, as luma and the two chroma values, and the colours that they mean. */
const scenes = [
  { yuv: [81, 90, 240], rgb: [255, 0, 0] },
  { yuv: [145, 54, 34], rgb: [0, 255, 0] },
  { yuv: [41, 240, 110], rgb: [0, 0, 255] },
];

/** A raw clip (YUV4MPEG2) of the scenes, at ten frames a second. */
function clip(width = 320, height = 240) {
  const frames = scenes.flatMap(({ yuv: [y, u, v] }) => {
    const frame = Buffer.concat([
      Buffer.from('FRAME\n'),
      Buffer.alloc(width * height, y),
      Buffer.alloc((width * height) / 4, u),
      Buffer.alloc((width * height) / 4, v),
    ]);
    return Array(10).fill(frame);
  });
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420mpeg2\n`), ...frames]);
}

describe('a call with a recorded file as the camera', () => {
  let examples, folder;
  const browsers = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clip-'));
    const [video, audio] = [join(folder, 'clip.y4m'), join(folder, 'tone.wav')];
    await Promise.all([writeFile(video, clip()), writeFile(audio, tone())]);
    const flags = [
      `--use-file-for-fake-video-capture=${video}`,
      `--use-file-for-fake-audio-capture=${audio}`,
    ];
    examples = await startExamples();
    browsers.push(await launch('chromium', { flags }), await launch('firefox'));
  });
  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await examples?.close();
    await rm(folder, { recursive: true });
  });

  it('the other end sees its scenes in their order, and hears it', { timeout: 60_000 }, async () => {
    const room = randomUUID();
    const [filmed, watcher] = await Promise.all(
      browsers.map((one) => open(one, `${examples.origin}/?room=${room}`)),
    );
    await filmed.type('input[name=name]', 'Camera');
    await filmed.click('button.primary');
    await watcher.click('input[value=test]');
    await watcher.click('button.primary');
    for (const { rgb } of [...scenes, ...scenes])
      await seesAndHears(watcher, 'Camera', rgb, { sound: false });
    const loudest = await watcher.evaluate(() => window.e2e.hears('Camera'));
    assert.ok(loudest > 0.01, `loudest sample ${loudest}`);
    assert.deepEqual([...filmed.problems, ...watcher.problems], []);
  });
});
