import { expect } from '@open-wc/testing';
import '../../components/media-generator/define.js';
import '../../components/stream-preview/define.js';
import type { MediaGenerator } from '../../components/media-generator/media-generator.js';
import { Effect } from '../../components/engine/effect/effect.js';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { StreamRecorder } from '../../components/stream-recorder/stream-recorder.js';
import type {
  RecordDataEvent,
  RecordStopEvent,
} from '../../components/stream-recorder/stream-recorder.events.js';
import { clockTime, isoDuration, sizeInWords } from '../../components/stream-recorder/amounts.js';
import { near } from '../engine/effect/support.js';
import { load, seek, unload } from '../engine/record/support.js';
import { camera, FakeDevices, microphone } from '../support/fake-devices.js';
import { blue, red } from '../support/frames.js';
import { pixel } from '../support/media.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, hastened, nextEvent, until } from '../support/wait.js';

const query = <T extends Element = HTMLElement>(recorder: StreamRecorder, selector: string): T | null =>
  recorder.renderRoot.querySelector<T>(selector);
const button = (recorder: StreamRecorder, part: string): HTMLButtonElement =>
  query<HTMLButtonElement>(recorder, `[part="${part}-button"]`)!;
const words = (recorder: StreamRecorder): string => query(recorder, '[role="status"]')!.textContent!.trim();
const disabled = (recorder: StreamRecorder): string[] =>
  ['record', 'pause'].map((part) => button(recorder, part).getAttribute('aria-disabled')!);

async function addSource(): Promise<MediaGenerator> {
  const generator = document.createElement('media-generator');
  Object.assign(generator, { id: 'source', pattern: 'ball', width: 160, height: 120 });
  document.body.append(generator);
  await generator.start();
  return generator;
}

/** A recorder of a source that runs. */
async function addRecorder(attributes: Readonly<Record<string, string>> = {}): Promise<StreamRecorder> {
  await addSource();
  const recorder = document.createElement('stream-recorder');
  for (const [name, value] of Object.entries({ source: 'source', timeslice: '100', ...attributes }))
    recorder.setAttribute(name, value);
  document.body.append(recorder);
  await recorder.updateComplete;
  await until(() => disabled(recorder)[0] === 'false', 'ready');
  return recorder;
}

const passed = (recorder: StreamRecorder, seconds: number): Promise<unknown> =>
  until(() => recorder.duration > seconds, `${seconds} s`);

/** A recorder of a camera that sees red, and of a microphone that hears 400 Hz; and of what it records now. */
async function addCaptured() {
  const devices = new FakeDevices(
    { ...camera('front'), color: 'rgb(255 0 0)' },
    { ...microphone('built-in'), pitch: 400 },
  );
  const preview = Object.assign(document.createElement('stream-preview'), { id: 'camera' });
  preview.setAttribute('capture', 'user');
  document.body.append(preview);
  await preview.start();
  const recorder = Object.assign(document.createElement('stream-recorder'), {
    source: 'camera',
    timeslice: 100,
  });
  document.body.append(recorder);
  await recorder.updateComplete;
  await until(() => disabled(recorder)[0] === 'false', 'ready');
  let tracks: MediaStreamTrack[] = [];
  const { start } = MediaRecorder.prototype;
  MediaRecorder.prototype.start = function (timeslice) {
    tracks = this.stream.getTracks();
    start.call(this, timeslice);
  };
  const release = (): void => {
    MediaRecorder.prototype.start = start;
    devices.release();
  };
  return {
    devices,
    preview,
    recorder,
    release,
    ended: () => tracks.length > 0 && tracks.every(({ readyState }) => readyState === 'ended'),
  };
}

/** The pitch of each tenth of a second, in Hz. */
async function pitches(file: Blob): Promise<number[]> {
  const context = new OfflineAudioContext(1, 1, 48_000);
  const samples = (await context.decodeAudioData(await file.arrayBuffer())).getChannelData(0);
  return Array.from({ length: Math.floor(samples.length / 4800) }, (_, part) => {
    const tenth = samples.subarray(part * 4800, (part + 1) * 4800);
    return tenth.filter((sample, at) => sample >= 0 && tenth[at - 1]! < 0).length * 10;
  });
}

/** Hears the errors of an element. */
function errorsOf(element: HTMLElement): MediaKitError[] {
  const errors: MediaKitError[] = [];
  element.addEventListener('error', (event) => errors.push((event as ErrorEvent).error as MediaKitError));
  return errors;
}

describe('<stream-recorder>', () => {
  // What it owns is the recording that is under way: the stream that it is of stands for it.
  standingTests<StreamRecorder>({
    tag: 'stream-recorder',
    define: () => import('../../components/stream-recorder/define.js'),
    early: ['filename', 'early'],
    surroundings: async () => {
      if (!document.querySelector('media-generator')) await addSource();
    },
    start: async (recorder) => {
      const { stream } = document.querySelector<MediaGenerator>('media-generator')!;
      recorder.timeslice = 50;
      recorder.srcObject = stream;
      await recorder.updateComplete;
      await until(() => recorder.state === 'inactive', 'the last one is saved');
      const stopped = nextEvent(recorder, 'record-stop');
      await recorder.start();
      await passed(recorder, 0.1);
      await recorder.stop();
      await stopped;
      await recorder.start();
    },
    stream: (recorder) => (recorder.state === 'recording' ? recorder.srcObject : null),
    released: ({ state }) => state !== 'recording',
    facts: ['recorder-state-change', 'record-data', 'record-stop'],
    lend: async (recorder, stream) => {
      recorder.srcObject = stream;
      await recorder.updateComplete;
      await recorder.start();
    },
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
  });

  describe('defaults', () => {
    it('has nothing to record, and says so', async () => {
      const recorder = document.createElement('stream-recorder');
      document.body.append(recorder);
      await recorder.updateComplete;
      const { state, duration, size, blob, type, timeslice, maxSize, maxDuration } = recorder;
      expect([state, duration, size, blob]).to.deep.equal(['inactive', 0, 0, null]);
      expect([type, timeslice, maxSize, maxDuration]).to.deep.equal([null, 1000, 0, 0]);
      expect([words(recorder), disabled(recorder)]).to.deep.equal([
        'Nothing to record yet',
        ['true', 'true'],
      ]);
      expect(query(recorder, 'time')!.textContent).to.equal('0:00');
    });

    it('refuses to record nothing', async () => {
      const recorder = document.createElement('stream-recorder');
      document.body.append(recorder);
      const errors = errorsOf(recorder);
      const thrown = await recorder.start().catch((error: MediaKitError) => error);
      expect(thrown?.code).to.equal('bad-input');
      expect(errors.length === 1 && errors[0] === thrown).to.equal(true);
      await recorder.updateComplete;
      expect(words(recorder)).to.contain('There is nothing to record');
      button(recorder, 'record').click();
      expect(errors.length).to.equal(1);
    });
  });

  describe('properties and attributes', () => {
    it('records from a click to a click, and has a file to save', async () => {
      const recorder = await addRecorder({ filename: 'talk' });
      expect(words(recorder)).to.equal('Ready to record');
      button(recorder, 'record').click();
      await until(() => words(recorder) === 'Recording');
      expect(button(recorder, 'record').textContent!.trim()).to.equal('Stop');
      expect(disabled(recorder)).to.deep.equal(['false', 'false']);
      await passed(recorder, 0.5);
      button(recorder, 'record').click();
      await until(() => query(recorder, 'a'), 'a link');
      const { href, download, ariaLabel } = query<HTMLAnchorElement>(recorder, 'a')!;
      expect(download).to.match(/^talk\.(mp4|webm)$/);
      expect([ariaLabel, words(recorder)]).to.deep.equal([`Save ${download}`, 'Recorded']);
      const saved = await (await fetch(href)).blob();
      expect(saved.size).to.equal(recorder.blob!.size);
      const video = await load(saved);
      expect(Math.abs(video.duration - recorder.duration) < 0.3).to.equal(true);
      unload(video);
    });

    it('holds on, and goes on', async () => {
      const recorder = await addRecorder();
      await recorder.start();
      button(recorder, 'pause').click();
      await until(() => words(recorder) === 'Paused');
      expect(button(recorder, 'pause').textContent!.trim()).to.equal('Resume');
      expect(recorder.matches(':state(paused)')).to.equal(true);
      button(recorder, 'pause').click();
      await until(() => words(recorder) === 'Recording');
      await recorder.stop();
    });

    it('keeps its limits', async () => {
      const recorder = await addRecorder({ 'max-duration': '0.5' });
      await recorder.start();
      const { blob } = await nextEvent<RecordStopEvent>(recorder, 'record-stop');
      expect(blob === recorder.blob && blob!.size > 0).to.equal(true);
      expect(recorder.duration).to.be.within(0.2, 1.2);
    });

    it('ends at about a size by itself', async () => {
      // Comes as it is recorded: what MP4 has of its first second may be more than that.
      const recorder = await addRecorder({ 'max-size': '30000', type: 'video/webm' });
      await recorder.start();
      const { blob } = await nextEvent<RecordStopEvent>(recorder, 'record-stop');
      expect(blob!.size).to.be.within(1, 30_000);
    });

    it('records as the type says', async () => {
      const recorder = await addRecorder({ type: 'video/webm' });
      await recorder.start();
      await passed(recorder, 0.3);
      expect(recorder.recordedType).to.match(/^video\/webm/);
      expect((await recorder.stop())!.type).to.equal('video/webm');
      recorder.type = 'video/avi';
      const thrown = await recorder.start().catch((error: MediaKitError) => error);
      expect(thrown?.code).to.equal('unsupported');
    });

    it('sends to a stream what it records', async () => {
      const recorder = await addRecorder();
      let size = 0;
      const writable = new WritableStream<Uint8Array<ArrayBuffer>>({
        write: ({ length }) => void (size += length),
      });
      const piped = recorder.pipeTo(writable);
      await until(() => size > 0, 'bytes');
      expect(await recorder.stop()).to.equal(null);
      await piped;
      expect([size, recorder.blob]).to.deep.equal([recorder.size, null]);
    });

    it('records the stream that was set just before', async () => {
      const recorder = await addRecorder();
      recorder.srcObject = new MediaStream();
      const thrown = await recorder.start().catch((error: MediaKitError) => error);
      expect(thrown?.code).to.equal('bad-input');
      recorder.srcObject = document.querySelector<MediaGenerator>('media-generator')!.stream;
      await recorder.start();
      expect(recorder.state).to.equal('recording');
      await recorder.stop();
    });

    it('gives a stream back that nothing could be sent to', async () => {
      const recorder = await addRecorder();
      const { start } = MediaRecorder.prototype;
      MediaRecorder.prototype.start = () => {
        throw new DOMException('no', 'NotSupportedError');
      };
      const writable = new WritableStream<Uint8Array<ArrayBuffer>>();
      try {
        const code = await recorder.pipeTo(writable).catch(({ code }: MediaKitError) => code);
        expect(code).to.equal('unsupported');
      } finally {
        MediaRecorder.prototype.start = start;
      }
      expect(writable.locked).to.equal(false);
    });

    it('asks where to save, and records nothing without an answer', async () => {
      const recorder = await addRecorder({ ask: '', filename: 'talk' });
      const before = Object.getOwnPropertyDescriptor(window, 'showSaveFilePicker');
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle('asked', { create: true });
      const asked: unknown[] = [];
      let answer = (): Promise<unknown> => Promise.reject(new DOMException('', 'AbortError'));
      const showSaveFilePicker = (options: unknown): Promise<unknown> => {
        asked.push(options);
        return answer();
      };
      Object.defineProperty(window, 'showSaveFilePicker', { value: showSaveFilePicker, configurable: true });
      try {
        const thrown = await recorder.start().catch((error: MediaKitError) => error);
        expect([thrown?.code, recorder.state]).to.deep.equal(['aborted', 'inactive']);
        answer = () => Promise.resolve(handle);
        await recorder.start();
        await passed(recorder, 0.3);
        const file = await recorder.stop();
        expect((await handle.getFile()).size).to.equal(file!.size);
        expect(file!.name).to.match(/^talk\.(mp4|webm)$/);
        expect(asked).to.deep.equal([{ suggestedName: file!.name }, { suggestedName: file!.name }]);
        // What is stopped, or taken away, before the answer does not begin.
        const away = async (): Promise<void> => {
          recorder.remove();
          await afterGrace();
          document.body.append(recorder);
          await until(() => disabled(recorder)[0] === 'false', 'ready');
        };
        for (const end of [() => recorder.stop(), away]) {
          let late!: (place: unknown) => void;
          answer = () => new Promise((resolve) => (late = resolve));
          const refused = recorder.start().catch(({ code }: MediaKitError) => code);
          // Nor is anybody asked a second time meanwhile.
          expect(await recorder.start().catch(({ code }: MediaKitError) => code)).to.equal('aborted');
          await end();
          late(handle);
          expect([await refused, recorder.state]).to.deep.equal(['aborted', 'inactive']);
        }
        expect(asked.splice(2).length).to.equal(2);
        // Who clicks twice is asked once.
        let give!: (place: unknown) => void;
        answer = () => new Promise((resolve) => (give = resolve));
        for (let times = 0; times < 2; times++) button(recorder, 'record').click();
        expect(asked.length).to.equal(3);
        // Also after a stop, while the question is still open.
        await recorder.stop();
        button(recorder, 'record').click();
        expect(asked.length).to.equal(3);
        give(handle);
        await until(() => recorder.state === 'recording');
        await passed(recorder, 0.1);
        await recorder.stop();
        // A stop counts also on the way from the answer to the beginning, wherever it comes between.
        for (let turns = 0, begun = false; !begun; turns++) {
          const started = recorder.start().then(
            () => true,
            () => false,
          );
          give(handle);
          for (let turn = 0; turn < turns; turn++) await Promise.resolve();
          await recorder.stop();
          begun = await started;
          expect(recorder.state, `after ${turns} turns`).to.equal('inactive');
        }
      } finally {
        if (before) Object.defineProperty(window, 'showSaveFilePicker', before);
        else Reflect.deleteProperty(window, 'showSaveFilePicker');
        await root.removeEntry('asked');
      }
    });
  });

  describe('events', () => {
    it('goes on, and ends well, where a second start is refused', async () => {
      const recorder = await addRecorder();
      const errors = errorsOf(recorder);
      await recorder.start();
      const code = await recorder.start().catch(({ code }: MediaKitError) => code);
      expect([code, errors.length]).to.deep.equal(['aborted', 1]);
      await recorder.updateComplete;
      expect([words(recorder), recorder.matches(':state(failed)')]).to.deep.equal(['Recording', false]);
      await recorder.stop();
    });

    it('can be stopped where its begin is heard, with a file of its own', async () => {
      const recorder = await addRecorder();
      await recorder.start();
      await passed(recorder, 0.2);
      const before = await recorder.stop();
      const stopped = new Promise<File | null>((resolve) => {
        recorder.addEventListener('recorder-state-change', ({ state }) => {
          if (state === 'recording') void recorder.stop().then(resolve);
        });
      });
      await recorder.start();
      expect((await stopped) === before).to.equal(false);
    });

    it('tells of its progress', async () => {
      const recorder = await addRecorder();
      await recorder.start();
      const first = await nextEvent<RecordDataEvent>(recorder, 'record-data');
      const next = await nextEvent<RecordDataEvent>(recorder, 'record-data');
      expect([first.data.size > 0, next.size > first.size, next.duration > first.duration]).to.deep.equal([
        true,
        true,
        true,
      ]);
      await recorder.stop();
    });

    it('ends with its source, and keeps what there is', async () => {
      const recorder = await addRecorder();
      await recorder.start();
      await passed(recorder, 0.3);
      document.querySelector<MediaGenerator>('media-generator')!.stop();
      const { blob } = await nextEvent<RecordStopEvent>(recorder, 'record-stop');
      expect(blob!.size > 0).to.equal(true);
    });
  });

  describe('a captured source', () => {
    it('is recorded on when its camera is off for a while, and when others take over for what is unplugged', async () => {
      const { devices, preview, recorder, ended, release } = await addCaptured();
      try {
        const errors = errorsOf(recorder);
        await recorder.start();
        await passed(recorder, 1);
        await hastened(5000, () => preview.toggleVideo(false));
        await until(() => !devices.live.includes('front'), 'the camera is off');
        await preview.toggleVideo(true);
        expect([recorder.state, ended()]).to.deep.equal(['recording', false]);
        for (const [deviceId, next] of [
          ['front', { ...camera('usb'), color: 'rgb(0 0 255)' }],
          ['built-in', { ...microphone('headset'), pitch: 800 }],
        ] as const) {
          devices.unplug(deviceId);
          devices.plug(next);
          await until(() => devices.live.includes(next.deviceId), next.deviceId);
        }
        await passed(recorder, recorder.duration + 1);
        const file = (await recorder.stop())!;
        expect([errors.length, ended(), devices.live.length]).to.deep.equal([0, true, 2]);
        const video = await load(file);
        for (const [time, color] of [
          [0.3, red],
          [video.duration - 0.2, blue],
        ] as const) {
          await seek(video, time);
          const seen = pixel(video, 0.5, 0.5);
          expect(near(seen, color), `${seen.join()} at ${time}`).to.equal(true);
        }
        const heard = await pitches(file);
        for (const pitch of [400, 800])
          expect(
            heard.some((other) => Math.abs(other - pitch) <= 20),
            `${pitch} of ${heard.join()} Hz`,
          ).to.equal(true);
        unload(video);
      } finally {
        release();
      }
    });

    it('ends its recording also when it has lost its devices', async () => {
      const { devices, preview, recorder, ended, release } = await addCaptured();
      try {
        await recorder.start();
        await passed(recorder, 0.5);
        for (const deviceId of ['front', 'built-in']) {
          const lost = nextEvent(preview, 'device-lost');
          devices.unplug(deviceId);
          await lost;
        }
        expect([recorder.state, ended()]).to.deep.equal(['recording', false]);
        const stopped = nextEvent<RecordStopEvent>(recorder, 'record-stop');
        preview.stop();
        expect((await stopped).blob!.size > 0).to.equal(true);
        expect(ended()).to.equal(true);
      } finally {
        release();
      }
    });

    it('is not recorded after a stop that comes at once', async () => {
      const { recorder, ended, release } = await addCaptured();
      try {
        const asked = recorder.start().catch(({ code }: MediaKitError) => code);
        await recorder.stop();
        expect([recorder.state, ended()]).to.deep.equal(['inactive', false]);
        // The next one need not wait for the end of what it had begun.
        const begun = recorder.start();
        expect(await asked).to.equal('aborted');
        await begun;
        await passed(recorder, 0.2);
        recorder.remove();
        await nextEvent(recorder, 'record-stop');
        expect(ended()).to.equal(true);
      } finally {
        release();
      }
    });

    it('leaves no track that was made for a recording that does not begin', async () => {
      const { devices, recorder, release } = await addCaptured();
      const { follow } = Effect.prototype;
      const effects: Effect[] = [];
      Effect.prototype.follow = function (source) {
        if (source) {
          // As if nothing came through it yet.
          Object.defineProperty(this, 'stats', { value: this.stats, configurable: true });
          effects.unshift(this);
        }
        follow.call(this, source);
      };
      const refuse = (): void => {
        recorder.type = 'video/avi';
        Reflect.deleteProperty(effects[0]!, 'stats');
      };
      try {
        for (const [end, reason] of [
          [() => recorder.stop(), 'aborted'],
          [refuse, 'unsupported'],
          [() => recorder.remove(), 'aborted'],
        ] as const) {
          effects.length = 0;
          const asked = recorder.start().catch(({ code }: MediaKitError) => code);
          const tracks = (await until(() => effects[0]?.store.snapshot.stream, 'tracks')).getTracks();
          expect(await recorder.start().catch(({ code }: MediaKitError) => code)).to.equal('aborted');
          await end();
          expect([await asked, recorder.state]).to.deep.equal([reason, 'inactive']);
          const states = tracks.map(({ readyState }) => readyState);
          expect([states, devices.live.length]).to.deep.equal([['ended', 'ended'], 2]);
        }
      } finally {
        Effect.prototype.follow = follow;
        release();
      }
    });
  });

  describe('slots and parts', () => {
    it('has parts for its looks', async () => {
      const recorder = await addRecorder();
      for (const part of ['record-button', 'pause-button', 'time', 'size', 'status'])
        expect(query(recorder, `[part="${part}"]`) !== null, part).to.equal(true);
    });
  });

  describe('states', () => {
    it('has one for each of its conditions', async () => {
      const recorder = await addRecorder();
      const states = ['recording', 'paused', 'saving', 'done', 'failed'];
      const on = (): string[] => states.filter((state) => recorder.matches(`:state(${state})`));
      expect(on()).to.deep.equal([]);
      await recorder.start();
      await until(() => on().join() === 'recording');
      await passed(recorder, 0.2);
      void recorder.stop();
      await until(() => on().join() === 'done');
      recorder.type = 'video/avi';
      await recorder.start().catch(() => {});
      await until(() => on().join() === 'done,failed');
      recorder.type = null;
      await recorder.start();
      await until(() => on().join() === 'recording');
    });
  });

  describe('accessibility', () => {
    it('is a group with a name, in the words of the page', async () => {
      const recorder = await addRecorder();
      recorder.strings = { record: 'Aufnehmen', inactive: 'Bereit' };
      await recorder.updateComplete;
      expect([button(recorder, 'record').textContent!.trim(), words(recorder)]).to.deep.equal([
        'Aufnehmen',
        'Bereit',
      ]);
      await expect(recorder).to.be.accessible();
    });

    it('keeps the focus on its button', async () => {
      const recorder = await addRecorder();
      const record = button(recorder, 'record');
      record.focus();
      record.click();
      await until(() => recorder.state === 'recording');
      await passed(recorder, 0.2);
      expect(recorder.shadowRoot!.activeElement === record).to.equal(true);
      record.click();
      await until(() => recorder.blob);
      await recorder.updateComplete;
      expect(recorder.shadowRoot!.activeElement === record).to.equal(true);
      await expect(recorder).to.be.accessible();
    });

    it('has nothing to record where its stream is over', async () => {
      const recorder = await addRecorder();
      const [track] = document.querySelector<MediaGenerator>('media-generator')!.stream!.getTracks();
      recorder.srcObject = new MediaStream([track!.clone()]);
      await recorder.updateComplete;
      recorder.srcObject.getTracks()[0]!.stop();
      button(recorder, 'record').click();
      await until(() => words(recorder) === 'Nothing to record yet');
      expect(disabled(recorder)).to.deep.equal(['true', 'true']);
    });

    it('does nothing by a button that is disabled', async () => {
      const recorder = await addRecorder();
      button(recorder, 'pause').click();
      expect(recorder.state).to.equal('inactive');
    });

    it('writes amounts as people read them', () => {
      expect([0, 61.9, 3723].map(clockTime)).to.deep.equal(['0:00', '1:01', '1:02:03']);
      expect(isoDuration(61.9)).to.equal('PT61S');
      const sizes = [sizeInWords(1700, 'en'), sizeInWords(1_250_000, 'en'), sizeInWords(2_340_000_000, 'de')];
      expect(sizes).to.deep.equal(['2 kB', '1.3 MB', '2,34\u00a0GB']);
    });
  });

  describe('lifecycle', () => {
    it('is worked by invoker commands', async () => {
      const recorder = await addRecorder();
      recorder.id = 'recorder';
      for (const command of ['--start', '--pause', '--resume', '--stop'] as const) {
        const invoker = document.createElement('button');
        invoker.setAttribute('commandfor', 'recorder');
        invoker.setAttribute('command', command);
        document.body.append(invoker);
        invoker.click();
        const wanted = {
          '--start': 'recording',
          '--pause': 'paused',
          '--resume': 'recording',
          '--stop': 'inactive',
        };
        await until(() => recorder.state === wanted[command], command);
      }
    });

    it('saves what it was recording when it is taken away', async () => {
      const recorder = await addRecorder();
      await recorder.start();
      await passed(recorder, 0.3);
      const stopped = nextEvent<RecordStopEvent>(recorder, 'record-stop');
      recorder.remove();
      expect((await stopped).blob!.size > 0).to.equal(true);
    });
  });
});
