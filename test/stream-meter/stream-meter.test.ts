import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { MeterState } from '../../components/engine/meter/meter.js';
import { partOf, spoken, wordFor } from '../../components/stream-meter/scale.js';
import type { StreamMeter } from '../../components/stream-meter/stream-meter.js';
import '../../components/stream-preview/define.js';
import { FakeDevices, microphone } from '../support/fake-devices.js';
import { canvasStream, TestSource } from '../support/source.js';
import { standingTests } from '../support/standing.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';

customElements.define('meter-source', class extends TestSource {});

/** A tone whose loudness a test sets. */
class Tone {
  readonly #context = new AudioContext();
  readonly #gain = new GainNode(this.#context);
  readonly stream: MediaStream;

  constructor(gain: number) {
    const oscillator = new OscillatorNode(this.#context, { frequency: 440 });
    const output = this.#context.createMediaStreamDestination();
    this.#gain.gain.value = gain;
    oscillator.connect(this.#gain).connect(output);
    oscillator.start();
    this.stream = output.stream;
  }

  set gain(gain: number) {
    this.#gain.gain.value = gain;
  }

  /** Gets quieter all the time, 10 dB a second. */
  fade(): void {
    const { gain } = this.#gain;
    const now = this.#context.currentTime;
    gain.setValueAtTime(gain.value, now);
    gain.exponentialRampToValueAtTime(gain.value / 1e4, now + 8);
  }

  release(): void {
    for (const track of this.stream.getTracks()) track.stop();
    void this.#context.close();
  }
}

describe('<stream-meter>', () => {
  const tones: Tone[] = [];

  const tone = (gain = 0.5): Tone => {
    const made = new Tone(gain);
    tones.push(made);
    return made;
  };

  async function meter(attributes: Record<string, string> = {}): Promise<StreamMeter> {
    const element = document.createElement('stream-meter');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
    await element.updateComplete;
    return element;
  }

  const part = (element: StreamMeter, name: string): HTMLElement =>
    element.renderRoot.querySelector(`[part='${name}']`)!;

  const drawnAt = (element: StreamMeter, name: string): number =>
    Number(part(element, name).style.getPropertyValue('--_at'));

  /** How many ms the first of so many meters takes for eight pictures of a sound that gets quieter all the time. */
  async function timeOfEightPictures(count: number): Promise<number> {
    const sound = tone(0.5);
    const elements = await Promise.all(Array.from({ length: count }, () => meter()));
    for (const element of elements) element.srcObject = sound.stream;
    await until(() => elements.every(({ speaking }) => speaking), 'speaking');
    let drawn = 0;
    const drawing = new MutationObserver(() => drawn++);
    drawing.observe(part(elements[0]!, 'level'), { attributeFilter: ['style'] });
    const start = performance.now();
    sound.fade();
    await until(() => drawn >= 8, 'eight pictures');
    drawing.disconnect();
    return performance.now() - start;
  }

  const early = new MediaStream();

  standingTests<StreamMeter>({
    tag: 'stream-meter',
    define: () => import('../../components/stream-meter/define.js'),
    early: ['srcObject', early],
    start: async (element) => {
      element.srcObject = tone().stream;
      await until(() => element.speaking, 'speaking');
    },
    // It owns no stream: that it measures stands for one.
    stream: (element) => element.srcObject,
    released: (element) => element.level === -100,
    facts: ['speaking-change'],
    lend: async (element, stream) => {
      element.srcObject = stream;
      await element.updateComplete;
    },
  });

  afterEach(async () => {
    document.body.replaceChildren();
    await afterGrace();
    for (const one of tones.splice(0)) one.release();
  });

  describe('defaults', () => {
    it('measures nothing, and says so', async () => {
      const element = await meter();
      expect([element.level, element.peak, element.speaking, element.threshold]).to.deep.equal([
        -100,
        -100,
        false,
        -40,
      ]);
      expect(element.matches(':state(silent)')).to.equal(true);
      await expect(element).to.be.accessible();
    });

    it('measures nothing in a stream without sound', async () => {
      const element = await meter();
      const stream = canvasStream();
      element.srcObject = stream;
      await element.updateComplete;
      expect(element.level).to.equal(-100);
      for (const track of stream.getTracks()) track.stop();
    });
  });

  describe('level and peak', () => {
    it('are those of the sound', async () => {
      const element = await meter();
      const { stream } = tone(0.5);
      element.srcObject = stream;
      // A sine of half the scale: −6 dB at its peak, −9 as root mean square.
      await until(() => Math.abs(element.level + 9) <= 1, 'the level');
      expect(element.peak).to.be.closeTo(-6, 1);
    });

    it('fall when it gets quieter, the peak later', async () => {
      const element = await meter();
      const sound = tone(0.5);
      element.srcObject = sound.stream;
      await until(() => element.level > -12, 'loud');
      sound.gain = 0.005;
      await until(() => element.level < -40, 'quiet');
      expect(element.peak).to.be.above(-10);
      await until(() => element.peak < -40, 'the peak, too');
    });

    it('are drawn', async () => {
      const element = await meter();
      element.srcObject = tone(0.5).stream;
      await until(() => element.level > -12, 'loud');
      await element.updateComplete;
      expect(drawnAt(element, 'level')).to.be.above(0.7);
      expect(drawnAt(element, 'peak')).to.be.above(0.8);
      const whole = element.getBoundingClientRect();
      const level = (): DOMRect => part(element, 'level').getBoundingClientRect();
      expect((level().right - whole.left) / whole.width, 'from the left').to.be.within(0.7, 0.95);
      element.dir = 'rtl';
      expect((whole.right - level().left) / whole.width, 'from the right').to.be.within(0.7, 0.95);
    });

    it('are drawn five times a second', async () => {
      // Ten a second would take 700 or 800 ms.
      expect(await timeOfEightPictures(1)).to.be.above(1100);
    });

    it('are drawn a third as often where more than four are on the page', async () => {
      // Half as often would take 3300 ms.
      expect(await timeOfEightPictures(5)).to.be.above(4000);
    });

    it('are measured out of sight, and not drawn there', async () => {
      const element = await meter();
      element.style.marginBlockStart = '5000px';
      const scale = element.renderRoot.querySelector('.scale')!;
      const drawn = (): boolean => scale.checkVisibility({ contentVisibilityAuto: true });
      element.srcObject = tone(0.5).stream;
      await until(() => !drawn(), 'not drawn');
      await until(() => element.level > -12, 'measured');
      expect(drawn()).to.equal(false);
      element.scrollIntoView();
      await until(drawn, 'drawn');
    });

    it('are none when the track ends or the stream is taken away', async () => {
      const element = await meter();
      element.srcObject = tone().stream;
      await until(() => element.level > -20, 'loud');
      element.srcObject = null;
      await element.updateComplete;
      expect([element.level, element.peak, element.speaking]).to.deep.equal([-100, -100, false]);
    });
  });

  describe('what it measures', () => {
    it('says so where the page has no worklets, as one that is not secure, and holds no context', async () => {
      const { stream } = tone();
      const made: AudioContext[] = [];
      const { AudioContext: Own } = window;
      const worklets = Object.getOwnPropertyDescriptor(BaseAudioContext.prototype, 'audioWorklet')!;
      window.AudioContext = class extends Own {
        constructor(options?: AudioContextOptions) {
          super(options);
          made.push(this);
        }
      };
      Reflect.deleteProperty(BaseAudioContext.prototype, 'audioWorklet');
      try {
        const element = await meter();
        const failed = nextEvent<ErrorEvent>(element, 'error');
        element.srcObject = stream;
        expect(((await failed).error as MediaKitError).code).to.equal('unsupported');
        await until(() => made.length > 0 && made.every(({ state }) => state === 'closed'), 'closed');
      } finally {
        Object.defineProperty(BaseAudioContext.prototype, 'audioWorklet', worklets);
        window.AudioContext = Own;
      }
    });

    it('takes a source, and its next stream', async () => {
      const source = Object.assign(document.createElement('meter-source'), { id: 'tone' }) as TestSource;
      document.body.append(source);
      const element = await meter({ source: 'tone' });
      source.stream = tone(0.5).stream;
      await until(() => element.level > -12, 'loud');
      source.stream = tone(0.01).stream;
      await until(() => element.level > -60 && element.level < -38, 'quiet');
    });

    it('goes on with another microphone in the same stream', async () => {
      const devices = new FakeDevices(microphone('built-in'), microphone('headset'));
      try {
        const preview = document.createElement('stream-preview');
        Object.assign(preview, { id: 'me', capture: 'user', audio: true, microphone: 'headset' });
        document.body.append(preview);
        const stream = await preview.start();
        await until(() => devices.listed > 0, 'the devices are looked after');
        const element = await meter({ source: 'me' });
        await until(() => element.level > -20, 'the first');
        devices.unplug('headset');
        expect(element.level, 'nothing to measure').to.equal(-100);
        await until(() => element.level > -20, 'the other');
        expect(preview.stream === stream).to.equal(true);
      } finally {
        document.body.replaceChildren();
        await afterGrace();
        devices.release();
      }
    });

    it('asks for no animation frame', async () => {
      const element = await meter();
      const sound = tone(0.5);
      element.srcObject = sound.stream;
      await until(() => element.level > -12, 'loud');
      const native = window.requestAnimationFrame;
      let asked = 0;
      window.requestAnimationFrame = (run) => {
        asked++;
        return native.call(window, run);
      };
      try {
        sound.gain = 0.05;
        await until(() => element.level < -25 && element.peak < -25, 'the level, and later its peak');
        expect(asked).to.equal(0);
      } finally {
        window.requestAnimationFrame = native;
      }
    });

    it('tells when somebody begins and stops to speak', async () => {
      const element = await meter();
      const sound = tone(0);
      element.srcObject = sound.stream;
      const begins = nextEvent<HTMLElementEventMap['speaking-change']>(element, 'speaking-change');
      sound.gain = 0.3;
      expect((await begins).speaking).to.equal(true);
      await element.updateComplete;
      expect(element.matches(':state(speaking)')).to.equal(true);
      const stops = nextEvent<HTMLElementEventMap['speaking-change']>(element, 'speaking-change');
      sound.gain = 0;
      expect((await stops).speaking).to.equal(false);
      await element.updateComplete;
      expect(element.matches(':state(speaking)')).to.equal(false);
    });

    it('takes another threshold while it measures', async () => {
      const element = await meter({ threshold: '-10' });
      element.srcObject = tone(0.1).stream;
      await until(() => element.level > -30, 'loud');
      expect(element.speaking).to.equal(false);
      element.threshold = -40;
      await until(() => element.speaking, 'speaking');
    });

    it('takes its own threshold where the attribute goes, or is no number', async () => {
      const element = await meter({ threshold: '-10' });
      element.srcObject = tone(0.1).stream;
      await until(() => element.level > -30, 'loud');
      expect(element.speaking).to.equal(false);
      element.removeAttribute('threshold');
      await until(() => element.speaking, 'speaking');
      element.threshold = -10;
      await until(() => !element.speaking, 'not loud enough');
      const { warn } = console;
      const warnings: unknown[] = [];
      console.warn = (message: unknown) => warnings.push(message);
      const failed = nextEvent<ErrorEvent>(element, 'error');
      element.setAttribute('threshold', 'loud');
      const { message } = await failed;
      console.warn = warn;
      expect(message).to.equal('threshold="loud" is no number; -40 is used.');
      expect(warnings).to.deep.equal([`<stream-meter>: ${message}`]);
      await until(() => element.speaking, 'speaking');
      element.removeAttribute('threshold');
      await element.updateComplete;
      const unwritten = nextEvent<ErrorEvent>(element, 'error');
      element.threshold = NaN;
      expect((await unwritten).message).to.equal('threshold="NaN" is no number; -40 is used.');
    });

    it('opens one context for all of them and all they measure, and closes it with the last', async () => {
      const { AudioContext: Native } = window;
      let open = 0;
      let opened = 0;
      const sounds = [tone(), tone(), tone(), tone()];
      window.AudioContext = class extends Native {
        constructor(options?: AudioContextOptions) {
          super(options);
          open++;
          opened++;
        }

        override close(): Promise<void> {
          open--;
          return super.close();
        }
      };
      try {
        const elements = await Promise.all(sounds.slice(1).map(() => meter()));
        elements.forEach((element, index) => (element.srcObject = sounds[index]!.stream));
        await until(() => elements.every(({ speaking }) => speaking), 'all');
        expect(open).to.equal(1);
        const [first, ...others] = elements as [StreamMeter, ...StreamMeter[]];
        for (const element of others) element.remove();
        await afterGrace();
        await afterGrace();
        expect(open).to.equal(1);
        first.srcObject = sounds.at(-1)!.stream;
        await until(() => !first.speaking, 'it begins anew');
        await until(() => first.speaking, 'it measures another sound');
        expect([open, opened]).to.deep.equal([1, 1]);
        first.remove();
        await until(() => open === 0, 'closed');
      } finally {
        window.AudioContext = Native;
      }
    });

    it('says why it cannot measure', async () => {
      const { addModule } = AudioWorklet.prototype;
      AudioWorklet.prototype.addModule = () => Promise.reject(new DOMException('', 'AbortError'));
      try {
        const element = await meter();
        const failed = nextEvent<ErrorEvent>(element, 'error');
        element.srcObject = tone().stream;
        expect(((await failed).error as MediaKitError).code).to.equal('unsupported');
        await element.updateComplete;
        expect(element.matches(':state(failed)')).to.equal(true);
      } finally {
        AudioWorklet.prototype.addModule = addModule;
      }
    });
  });

  describe('accessibility', () => {
    it('is a meter, in each state', async () => {
      const element = await meter({ label: 'Ann' });
      element.srcObject = tone().stream;
      await until(() => element.speaking, 'speaking');
      await element.updateComplete;
      await expect(element).to.be.accessible();
    });

    it('is told as it is, also where the sound stays as it is', async () => {
      const element = await meter({ label: 'Ann' });
      const { internals } = element as unknown as { internals: ElementInternals };
      const sound = tone(0.05);
      element.srcObject = sound.stream;
      await until(() => internals.ariaValueText === '-30 dB, speaking', 'quiet');
      // All that is to come is heard within less than a second from now.
      element.requestUpdate();
      await element.updateComplete;
      sound.gain = 0.5;
      await until(() => internals.ariaValueText === '-10 dB, speaking', 'loud');
      const { role, ariaLabel, ariaValueMin, ariaValueMax, ariaValueNow } = internals;
      expect([role, ariaLabel, ariaValueMin, ariaValueMax, ariaValueNow]).to.deep.equal([
        'meter',
        'Ann',
        '-60',
        '0',
        '-10',
      ]);
    });

    const state: MeterState = { level: -20, peak: -10, speaking: false, status: 'running', error: null };
    const words: [change: Partial<MeterState>, key: string][] = [
      [{}, 'level'],
      [{ speaking: true }, 'speaking'],
      [{ level: -60 }, 'silent'],
      [{ status: 'held', level: -100 }, 'held'],
      [{ status: 'idle', level: -100 }, 'idle'],
      [{ status: 'failed' }, 'failed'],
    ];
    for (const [change, key] of words) {
      it(`says "${key}"`, () => expect(wordFor({ ...state, ...change })).to.equal(key));
    }

    it('says it in steps', () => {
      expect([-100, -61, -33, -32, -1, 3].map(spoken)).to.deep.equal([-60, -60, -35, -30, 0, 0]);
      expect([-100, -60, -30, 0, 6].map(partOf)).to.deep.equal([0, 0, 0.5, 1, 1]);
    });
  });
});
