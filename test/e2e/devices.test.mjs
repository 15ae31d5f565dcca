// What is plugged in and out for real: PulseAudio does to its devices what a hand does to a plug.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { whyNot } from '../support/daemon.mjs';
import { define, launch, meets, startExamples, until, visit } from '../support/e2e.mjs';
import { realDevices, startPulse } from '../support/pulse.mjs';

/** What each microphone hears, in Hz. */
const DESK = 600;
const HEADSET = 1500;

describe('real devices', { skip: whyNot('pulseaudio') }, () => {
  let examples;
  before(async () => {
    examples = await startExamples();
  });
  after(() => examples?.close());

  /** Chromium hears of sound cards from udev, to which these are unknown: when it lists them it notices. */
  const notice = (page) => page.evaluate(() => navigator.mediaDevices.enumerateDevices().then(() => {}));

  /** Resolves when this is the loudest pitch of the peer `name`, or of the page's own preview. */
  const hears = (page, pitch, name) =>
    page.evaluate(
      async (pitch, name) => {
        const context = new AudioContext();
        const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
        const levels = new Float32Array(analyser.frequencyBinCount);
        let heard, source, loudest;
        try {
          await context.resume();
          await window.e2e.until(() => {
            const { stream } = name ? window.e2e.peer(name) : document.querySelector('stream-preview');
            const [track] = stream?.getAudioTracks() ?? [];
            if (!track) return false;
            if (track !== heard) {
              source?.disconnect();
              source = context.createMediaStreamSource(new MediaStream([(heard = track)]));
              source.connect(analyser);
            }
            analyser.getFloatFrequencyData(levels);
            const at = levels.indexOf(Math.max(...levels));
            loudest = [(at * context.sampleRate) / analyser.fftSize, levels[at]];
            return Math.abs(loudest[0] - pitch) < 30 && loudest[1] > -70;
          }, `${pitch} Hz`);
        } catch (cause) {
          throw new Error(`${cause.message}, but ${loudest?.join(' Hz at ')} dB`, { cause });
        } finally {
          await context.close();
        }
      },
      pitch,
      name,
    );

  /** What the list offers. */
  const offers = (page, kind) =>
    page.evaluate((kind) => {
      const { shadowRoot } = document.querySelector(`device-select[kind=${kind}]`);
      return [...shadowRoot.querySelectorAll('option')].map(({ text }) => text);
    }, kind);

  /** Resolves when these are in the list, and none of the others. */
  const lists = (page, kind, names, others = []) =>
    until(async () => {
      const offered = await offers(page, kind);
      return names.every((name) => offered.includes(name)) && !others.some((name) => offered.includes(name));
    }, `a list with ${names} and without ${others}`);

  /** Chooses by name, as a user does. */
  const choose = (page, kind, name) =>
    page.evaluate(
      (kind, name) => {
        const list = document.querySelector(`device-select[kind=${kind}]`).shadowRoot.querySelector('select');
        list.value = [...list.options].find(({ text }) => text === name).value;
        list.dispatchEvent(new Event('change'));
      },
      kind,
      name,
    );

  for (const kind of ['chromium', 'firefox']) {
    describe(kind, () => {
      let pulse, browser, desk, headset, hall;
      before(async () => {
        pulse = await startPulse();
        desk = pulse.microphone('Desk', DESK);
        headset = pulse.microphone('Headset', HEADSET);
        hall = pulse.speaker('Hall');
        for (const device of [hall, desk, headset]) device.plug();
        browser = await launch(kind, { ...realDevices[kind], env: pulse.env });
      });
      after(async () => {
        await browser?.close();
        await pulse?.close();
      });

      async function show(test, html) {
        const page = await visit(test, browser, `${examples.origin}/fixture`);
        await define(page, 'stream-preview', 'device-select');
        await page.evaluate((html) => {
          window.told = [];
          for (const type of ['device-lost', 'device-restored', 'error'])
            document.addEventListener(
              type,
              ({ device }) => window.told.push(`${type} ${device?.label}`),
              true,
            );
          document.body.innerHTML = html;
        }, html);
        return page;
      }

      it('another microphone takes over in a call, and gives way', { timeout: 60_000 }, async (test) => {
        pulse.prefer.microphone('Headset');
        const room = randomUUID();
        const ann = await show(
          test,
          `<stream-preview id="own" capture="user" audio autostart></stream-preview>
          <device-select kind="microphone" for="own"></device-select>
          <peer-call room="${room}" name="Ann" source="own" autojoin></peer-call>`,
        );
        await lists(ann, 'microphone', ['Desk', 'Headset']);
        await choose(ann, 'microphone', 'Desk');
        await ann.waitForFunction(
          'document.querySelector("stream-preview").stream?.getTracks()[0].label === "Desk"',
        );
        // In front from now on. Firefox tells Ann nothing of devices until she is again.
        const bob = await show(test, `<peer-call room="${room}" name="Bob" autojoin></peer-call>`);
        await Promise.all([meets(ann, 'Bob'), meets(bob, 'Ann')]);
        await hears(bob, DESK, 'Ann');
        await ann.evaluate(() => {
          window.stream = document.querySelector('stream-preview').stream;
          const call = window.e2e.call();
          const connection = call.getPeerConnection(call.peers[0].id);
          for (const type of ['negotiationneeded', 'signalingstatechange'])
            connection.addEventListener(type, () => window.told.push(type));
        });

        desk.unplug();
        if (kind === 'chromium') await notice(ann);
        await ann.waitForFunction('told.includes("device-lost Desk")', { polling: 50 });
        // Until then Firefox gives her no other one, either.
        if (kind === 'firefox') await ann.bringToFront();
        await hears(bob, HEADSET, 'Ann');
        await ann.bringToFront();
        await lists(ann, 'microphone', ['Headset'], ['Desk']);
        assert.deepEqual(await ann.evaluate('told'), ['device-lost Desk']);

        desk.plug();
        await notice(ann);
        await lists(ann, 'microphone', ['Desk', 'Headset']);
        await hears(bob, DESK, 'Ann');
        await ann.waitForFunction('told.length > 1', { polling: 50 });
        assert.deepEqual(await ann.evaluate('told'), ['device-lost Desk', 'device-restored Desk']);
        assert.equal(await ann.evaluate('document.querySelector("stream-preview").stream === stream'), true);
        assert.deepEqual([ann.problems, bob.problems], [[], []]);
      });

      it('what follows the default microphone goes with it', { timeout: 60_000 }, async (test) => {
        pulse.prefer.microphone('Desk');
        const page = await show(test, '<stream-preview capture="user" audio autostart></stream-preview>');
        const own = 'document.querySelector("stream-preview").stream';
        await hears(page, DESK);
        await page.evaluate(`window.stream = ${own}`);
        pulse.prefer.microphone('Headset');
        await hears(page, HEADSET);
        assert.equal(await page.evaluate(`${own} === stream`), true);
        const label = await page.evaluate(`${own}.getTracks()[0].label`);
        // In Chromium the sound server does it, and nothing tells of it.
        assert.equal(label, kind === 'firefox' ? 'Headset' : 'Default');
      });

      it('plays through the chosen speaker, while there is one', { timeout: 60_000 }, async (test) => {
        /** Resolves when it sounds there only. An ear would move on from a speaker that goes: each listens once. */
        const plays = async (name, ...silent) => {
          const ear = pulse.listen(name);
          const others = silent.map((other) => pulse.listen(other));
          try {
            await until(
              () => ear.level() > 0.1 && others.every((other) => other.level() < 0.001),
              `sound at ${name} only`,
            );
          } finally {
            for (const one of [ear, ...others]) one.close();
          }
        };
        const page = await show(test, '<stream-preview capture="user" audio></stream-preview>');
        // Speakers have names only for who captures.
        await page.evaluate(async () => {
          await document.querySelector('stream-preview').start();
          document.body.insertAdjacentHTML(
            'beforeend',
            `<media-generator id="tone" pattern="solid" tone="sine" autostart></media-generator>
            <stream-preview id="player" source="tone"></stream-preview>
            <device-select kind="speaker" for="player"></device-select>`,
          );
        });
        await lists(page, 'speaker', ['Studio', 'Hall']);
        await plays('Studio', 'Hall');
        await choose(page, 'speaker', 'Hall');
        await plays('Hall', 'Studio');

        const old = pulse.streams('Hall');
        hall.unplug();
        await notice(page);
        await lists(page, 'speaker', ['Studio'], ['Hall']);
        await plays('Studio');
        // Chromium keeps a stream for some seconds, and would use it again, wherever the sound server has put it.
        const moved = () => pulse.streams('Studio').some((id) => old.includes(id));
        if (kind === 'chromium') await until(() => !moved(), 'the old stream is closed');
        hall.plug();
        await notice(page);
        await lists(page, 'speaker', ['Studio', 'Hall']);
        await plays('Hall', 'Studio');
        assert.deepEqual(page.problems, []);
      });
    });
  }
});
