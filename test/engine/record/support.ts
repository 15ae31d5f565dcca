import { Generator } from '../../../components/engine/generator/generator.js';
import { readSettings, type Wishes } from '../../../components/engine/generator/settings.js';
import type { RecordWishes } from '../../../components/engine/record/recorder.js';
import { Scratch } from '../../../components/engine/scratch.js';
import { nextEvent, until } from '../../support/wait.js';

/** A moving picture, and a tone that needs no gesture where the browser has sound of its own. */
export async function generated(changes: Partial<Wishes> = {}): Promise<Generator> {
  const nothing = new Proxy({}, { get: () => null }) as Wishes;
  const wishes = { kind: 'video', pattern: 'ball', width: 160, height: 120, ...changes };
  const all = new Proxy(nothing, {
    get: (_, key) => (wishes as Record<PropertyKey, unknown>)[key] ?? null,
  });
  const generator = new Generator({ settings: readSettings(all).settings });
  await generator.start();
  return generator;
}

export const plain: RecordWishes = {
  type: null,
  timeslice: 100,
  filename: null,
  maxSize: 0,
  maxDuration: 0,
};

/** A video that has loaded the file, without playing it. */
export async function load(file: Blob): Promise<HTMLVideoElement> {
  const video = document.createElement('video');
  video.muted = true;
  video.src = URL.createObjectURL(file);
  document.body.append(video);
  await until(() => video.readyState >= 2 || video.error, 'loaded');
  if (video.error) throw new Error(video.error.message);
  return video;
}

/** Goes to a time, and answers where it came to. */
export async function seek(video: HTMLVideoElement, time: number): Promise<number> {
  const seeked = nextEvent(video, 'seeked');
  video.currentTime = time;
  await seeked;
  return video.currentTime;
}

export function unload(video: HTMLVideoElement): void {
  URL.revokeObjectURL(video.src);
  video.remove();
}

/** A disk that counts its files, and on which only so many have room. */
export class Disk extends Scratch {
  files = 0;
  room = Infinity;

  override async create() {
    if (this.room === 0) throw new DOMException('no disk', 'SecurityError');
    const { file, remove } = await super.create();
    const full = this.files++ >= this.room;
    if (full) {
      const createWritable = (): Promise<never> => Promise.reject(new DOMException('', 'QuotaExceededError'));
      Object.defineProperty(file, 'createWritable', { value: createWritable });
    }
    return {
      file,
      remove: async () => {
        this.files--;
        await remove();
      },
    };
  }
}

/** Takes the disk away; the function that it returns gives it back. */
export function withoutDisk(): () => void {
  const { prototype } = FileSystemFileHandle;
  const createWritable = Object.getOwnPropertyDescriptor(prototype, 'createWritable')!;
  Reflect.deleteProperty(prototype, 'createWritable');
  return () => void Object.defineProperty(prototype, 'createWritable', createWritable);
}
