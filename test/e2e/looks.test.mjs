import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import axe from 'axe-core';
import { define, open, root, screenshot, useExamples } from '../support/e2e.mjs';

// Every companion, and `<stream-preview>`, in each of its states on one page.

const tags = [
  ...['stream-preview', 'stream-effect', 'stream-meter', 'stream-recorder', 'device-select'],
  ...['call-controls', 'call-stats', 'call-chat'],
];
const widths = { narrow: 320, wide: 1280 };
const schemes = {
  light: { 'prefers-color-scheme': 'light', 'forced-colors': 'none' },
  dark: { 'prefers-color-scheme': 'dark', 'forced-colors': 'none' },
  'forced light': { 'prefers-color-scheme': 'light', 'forced-colors': 'active' },
  'forced dark': { 'prefers-color-scheme': 'dark', 'forced-colors': 'active' },
};

describe('the looks of the companions', () => {
  const { examples, browsers, pages } = useExamples({ chromium: {} });

  it('fit and are accessible in every state, width and scheme', { timeout: 90_000 }, async () => {
    const page = await open(browsers.chromium, `${examples.origin}/fixture`);
    pages.push(page);
    await define(page, ...tags);
    await page.evaluate(show, `/@fs${root}test/support`);
    await page.evaluate(axe.source);
    // What has the focus from now on shows it.
    await page.keyboard.press('Tab');
    const protocol = await page.createCDPSession();
    const found = [];
    for (const [size, width] of Object.entries(widths)) {
      for (const [scheme, features] of Object.entries(schemes)) {
        await page.setViewport({ width, height: 800 });
        const named = Object.entries(features).map(([name, value]) => ({ name, value }));
        await protocol.send('Emulation.setEmulatedMedia', { features: named });
        // All of it is in sight: only so it can be hit.
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewport({ width, height });
        // In both reading directions, too.
        await page.evaluate((dir) => (document.dir = dir), scheme.endsWith('dark') ? 'rtl' : 'ltr');
        found.push(...(await page.evaluate(look)).map((words) => `${size}, ${scheme}: ${words}`));
        await screenshot(page, `companions-${size}-${scheme.replace(' ', '-')}`);
      }
    }
    assert.deepEqual(found, []);
    // What a screen reader makes of them.
    const { nodes } = await protocol.send('Accessibility.getFullAXTree');
    const told = nodes.map(({ role, name }) => `${role?.value}: ${name?.value}`);
    const wanted = [
      ...['group: Video preview', 'meter: Level', 'group: Recorder', 'combobox: Microphone'],
      ...['toolbar: Call controls', 'group: Connection figures', 'table: Connection figures', 'group: Chat'],
    ];
    assert.deepEqual(
      wanted.filter((words) => !told.includes(words)),
      [],
    );
    assert.deepEqual(page.problems, []);
  });
});

/** Runs in the page: puts every state there, each under its name. */
async function show(support) {
  const { FakeDevices, camera, microphone, speaker } = await import(`${support}/fake-devices.ts`);
  const { canvasStream } = await import(`${support}/source.ts`);
  const { until } = window.e2e;
  const long = {
    ...microphone('long'),
    label: 'A microphone whose maker was paid by the letter (1234:abcd)',
  };
  document.documentElement.style.colorScheme = 'light dark';
  const main = document.createElement('main');
  main.innerHTML = '<h1>Companions</h1>';
  // The rules about contrast know nothing of what the browser paints below a page.
  document.body.style.background = 'Canvas';
  Object.assign(main.style, {
    display: 'grid',
    gap: '12px',
    alignItems: 'start',
    gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 280px), 1fr))',
  });
  document.body.replaceChildren(main);
  /** The element of this state, once `ready` says that it is there. */
  async function add(name, markup, ready = () => true) {
    const section = document.createElement('section');
    section.style.minInlineSize = 0;
    section.innerHTML = `<h2>${name}</h2>${markup}`;
    section.firstChild.style.font = '12px monospace';
    main.append(section);
    const element = section.lastElementChild;
    await element.updateComplete;
    await until(() => ready(element), name);
    return element;
  }
  const shows = ({ videoWidth, shadowRoot }) => videoWidth > 0 && shadowRoot.querySelector('.bar');
  const is = (state) => (element) => element.state === state;
  const isTrue = (state) => (element) => element.matches(`:state(${state})`);

  await add(
    'sources',
    `<media-generator id="source" pattern="smpte" tone="sine" autostart></media-generator>
    <stream-effect id="grey" source="source" effect="grayscale"></stream-effect>`,
    ({ stream }) => stream,
  );
  const capture = (attributes) => `<stream-preview capture="user" ${attributes}></stream-preview>`;
  await add('preview: empty', '<stream-preview></stream-preview>');
  await add('preview: playing', '<stream-preview source="source" controls></stream-preview>', shows);
  await add('preview: of an effect', '<stream-preview source="grey" controls muted></stream-preview>', shows);
  await add('preview: poster', '<stream-preview poster="/icon.svg"></stream-preview>');
  const over = await add('preview: ended', '<stream-preview></stream-preview>');
  over.srcObject = canvasStream();
  for (const track of over.srcObject.getTracks()) track.stop();
  await until(() => is('ended')(over), 'ended');
  const others = new FakeDevices(camera('z'), microphone('y'), microphone('x'));
  const interrupted = await add('preview: interrupted', capture('video autostart controls'), shows);
  await until(() => {
    // Heard once what looks after devices is loaded.
    others.mute('z', true);
    return isTrue('interrupted')(interrupted);
  }, 'interrupted');
  const off = await add('preview: camera off', capture('video autostart controls'), shows);
  await off.toggleVideo(false);
  await until(() => isTrue('camera-off')(off), 'camera off');
  await add('preview: another took over', capture('audio autostart controls'), is('live'));
  const hasTaken = ({ shadowRoot }) => shadowRoot.textContent.includes('has taken its place');
  await until(() => {
    if (others.live.includes('y')) others.unplug('y');
    return hasTaken(main.lastChild.lastChild);
  }, 'another microphone');
  const { mediaDevices } = navigator;
  let isAsked = false;
  mediaDevices.getUserMedia = () => new Promise(() => (isAsked = true));
  await add('preview: starting', capture('audio autostart'), () => isAsked);
  // Others again: these keep theirs.
  const devices = new FakeDevices(camera('a'), microphone('a'), long, speaker('a'), speaker('b'));
  await add('preview: sound only', capture('audio autostart controls'), is('live'));
  await add('preview: lost', capture('video autostart controls'), is('live'));
  devices.unplug('a');
  await until(() => is('lost')(main.lastChild.lastChild), 'lost');
  devices.plug(microphone('a'));
  await until(() => devices.live.includes('a'), 'the microphone again');
  for (const [name, attributes] of [
    ['denied', 'audio'],
    ['dismissed', 'audio'],
    ['denied, and will be asked for', 'video'],
  ]) {
    const message = `Permission ${name.slice(0, 9)}`;
    devices.refusal = new DOMException(message, 'NotAllowedError');
    await add(`preview: ${name}`, capture(`${attributes} autostart`), is('failed'));
  }
  devices.refusal = null;
  devices.permit('camera', 'prompt');
  const asks = ({ shadowRoot }) => shadowRoot.querySelector('[part=continue-button]');
  await add('preview: asked', capture('video'), asks);
  const blocked = await add('preview: blocked', '<stream-preview controls></stream-preview>');
  blocked.shadowRoot.querySelector('video').play = () =>
    Promise.reject(new DOMException('', 'NotAllowedError'));
  blocked.source = 'source';
  await until(() => is('blocked')(blocked), 'blocked');

  await add('meter: silent', '<stream-meter></stream-meter>');
  const { AudioContext, AudioWorklet } = window;
  const toned = (sampleRate) => {
    const { stream } = new AudioContext({ sampleRate }).createMediaStreamDestination();
    // Each rate has a context of its own.
    stream.getAudioTracks()[0].getSettings = () => ({ sampleRate });
    return stream;
  };
  const held = await add('meter: held', '<stream-meter></stream-meter>');
  window.AudioContext = class extends AudioContext {
    constructor(options) {
      super(options);
      this.suspend();
    }
    resume() {
      return new Promise(() => {});
    }
  };
  held.srcObject = toned(16_000);
  await until(() => isTrue('held')(held), 'held');
  window.AudioContext = AudioContext;
  const broken = await add('meter: failed', '<stream-meter></stream-meter>');
  const { addModule } = AudioWorklet.prototype;
  AudioWorklet.prototype.addModule = () => Promise.reject(new Error());
  broken.srcObject = toned(32_000);
  await until(() => isTrue('failed')(broken), 'failed');
  AudioWorklet.prototype.addModule = addModule;
  await add('meter: speaking', '<stream-meter source="source"></stream-meter>', isTrue('speaking'));

  const recorder = '<stream-recorder source="source" filename="a-recording"></stream-recorder>';
  const recorded = ({ duration, size }) => duration > 0.5 && size > 0;
  await add('recorder: empty', '<stream-recorder></stream-recorder>');
  await add('recorder: ready', recorder);
  const failed = await add('recorder: failed', recorder);
  failed.type = 'video/nothing';
  await failed.start().catch(() => {});
  const paused = await add('recorder: paused', recorder);
  const done = await add('recorder: done', recorder);
  const recording = await add('recorder: recording', recorder);
  for (const each of [paused, done, recording]) {
    each.timeslice = 200;
    await each.start();
    await until(() => recorded(each), 'a recording');
  }
  paused.pause();
  await done.stop();
  const saving = await add('recorder: saving', recorder);
  saving.pipeTo(new WritableStream({ close: () => new Promise(() => {}) })).catch(() => {});
  await until(() => recorded(saving), 'a recording');
  saving.stop();
  await until(() => isTrue('saving')(saving), 'saving');

  const list = (attributes) => `<device-select ${attributes}></device-select>`;
  const lists = ({ devices }) => devices.length > 0;
  await add('list: microphones', list('kind="microphone"'), lists);
  await add('list: speakers', list('kind="speaker" label="Where it is heard"'), lists);
  mediaDevices.selectAudioOutput = () => new Promise(() => {});
  await add('list: speakers, of which the browser asks', list('kind="speaker"'), lists);
  delete mediaDevices.selectAudioOutput;
  const required = await add(
    'list: invalid',
    `<form>${list('kind="microphone" required')}</form>`,
    ({ lastChild }) => lists(lastChild),
  );
  required.requestSubmit();
  await add('list: disabled', list('kind="microphone" disabled'), lists);
  main.querySelector('device-select').value = 'long';

  await add('controls: before', '<call-controls for="idle"></call-controls>');
  await add('controls: in a call', '<call-controls for="ann" chat="chat" devices="list"></call-controls>');
  await add('controls: sharing, unread', '<call-controls for="bob" chat="bobs"></call-controls>');
  await add('its chat', '<call-chat id="bobs" for="bob" hidden></call-chat>');
  await add('stats: before', '<call-stats for="idle"></call-stats>');
  await add('stats', '<call-stats for="ann"></call-stats>');
  const compact = await add('stats: compact', '<call-stats for="ann" compact></call-stats>');
  await add('chat: before', '<call-chat for="idle"></call-chat>');
  const chat = await add('chat', '<call-chat id="chat" for="ann"></call-chat>');
  await add('a list of devices', '<div id="list" popover></div>');
  const call = (attributes) =>
    `<peer-call room="looks" signaling="broadcast:" source="source" ${attributes}></peer-call>`;
  await add('calls', call('id="idle"'));
  const ann = await add('Ann', call('id="ann" name="Ann" autojoin'));
  const bob = await add('Bob', call('id="bob" name="Bob Bartholomew of the long names" autojoin'));
  const meets = ({ peers }) => peers[0]?.connectionState === 'connected';
  await until(() => meets(ann) && meets(bob), 'a call');
  await bob.send('Hello <b>Ann</b>, see https://example.org/aVeryLongAddressThatHasNoSpaceInItAtAll');
  const field = await until(
    () => chat.shadowRoot.querySelector('textarea:not([aria-disabled=true])'),
    'a field',
  );
  field.value = 'Hi';
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await chat.updateComplete;
  field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  bob
    .sendFile(new File(['1'.repeat(2_000)], 'a-file-with-a-rather-long-name-for-a-phone.txt'))
    .catch(() => {});
  await until(() => chat.shadowRoot.querySelector('.file button'), 'an offer');
  ann.toggleVideo(false);
  mediaDevices.getDisplayMedia = async () => canvasStream();
  await bob.shareScreen();
  await until(() => isTrue('good')(compact), 'figures');
  for (const score of ['fair', 'poor']) {
    // A call that says what is measured is worse than it is.
    const worse = document.createElement('div');
    worse.id = score;
    worse.peers = ann.peers.map((peer) => ({ ...peer, quality: { ...peer.quality, score } }));
    main.append(worse);
    await add(`stats: ${score}`, `<call-stats for="${score}"></call-stats>`, isTrue(score));
    await add(`stats: ${score}, compact`, `<call-stats for="${score}" compact></call-stats>`, isTrue(score));
  }
}

/** Runs in the page: what is wrong with what is to be seen. */
async function look() {
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const found = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(`${scrollWidth - clientWidth} pixels too wide`);
  for (const section of document.querySelectorAll('section')) {
    const host = section.lastElementChild;
    const around = host.getBoundingClientRect();
    const [bar] = host.shadowRoot?.querySelectorAll('[role=group], [role=toolbar]') ?? [];
    const rows = new Set([...(bar?.querySelectorAll('button') ?? [])].map(({ offsetTop }) => offsetTop));
    if (rows.size > 1) found.push(`${section.firstChild.textContent}: a bar of ${rows.size} rows`);
    const controls = host.shadowRoot?.querySelectorAll('button, a, input, textarea, select:enabled') ?? [];
    for (const control of controls) {
      const box = control.getBoundingClientRect();
      if (box.width === 0) continue;
      const name = `${section.firstChild.textContent}: ${control.ariaLabel ?? control.textContent.trim()}`;
      const outside =
        box.left < around.left - 1 ||
        box.right > around.right + 1 ||
        box.top < around.top - 1 ||
        box.bottom > around.bottom + 1;
      if (outside) found.push(`${name} is cut off`);
      const hit = host.shadowRoot.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      if (!control.contains(hit)) found.push(`${name} is below ${hit?.outerHTML.slice(0, 60)}`);
      control.focus();
      const isRinged = (element) => getComputedStyle(element).outlineStyle !== 'none';
      // What is around a field may show that for it.
      if (!isRinged(control) && !isRinged(control.parentElement)) found.push(`${name} hides its focus`);
    }
  }
  document.activeElement?.blur();
  if (matchMedia('(forced-colors: active)').matches) return found;
  const { violations } = await window.axe.run();
  for (const { id, nodes } of violations)
    for (const { target } of nodes) found.push(`${id}: ${target.flat().join(' ')}`);
  return found;
}
