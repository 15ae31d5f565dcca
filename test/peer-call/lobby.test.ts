import { expect } from '@open-wc/testing';
import { MediaKitError } from '../../components/engine/errors.js';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import type { Signaling } from '../../components/engine/signaling/signaling.js';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { afterGrace, nextEvent, until } from '../support/wait.js';
import { addCall, camera, colour, newRoom, query, queryAll, stop, withDevices } from './calls.js';
import { addMade, madePeer } from './made.js';

const options = (): Partial<PeerCall> => ({
  room: newRoom(),
  signaling: new MemorySignaling(),
  lobby: true,
  controls: true,
});
const join = (call: PeerCall): HTMLButtonElement => query<HTMLButtonElement>(call, '.entrance button')!;
const inLobby = (call: PeerCall): boolean => query(call, '[part="lobby"]') !== null;
const entered = (call: PeerCall): Promise<unknown> => until(() => query(call, '.lobby'), 'the lobby');
const press = (call: PeerCall, words: string): void => {
  const buttons = queryAll<HTMLButtonElement>(call, '[role="alert"] button');
  buttons.find(({ textContent }) => textContent === words)!.click();
};

describe('the lobby of <peer-call>', () => {
  afterEach(async () => {
    for (const call of document.querySelectorAll('peer-call')) stop(call.srcObject);
    document.body.replaceChildren();
    await afterGrace();
  });

  it('shows our own picture and the room, and joins by its button alone', async () => {
    const call = await addCall({
      ...options(),
      room: 'Stand-up',
      autojoin: true,
      srcObject: camera('#ff0000'),
    });
    await entered(call);
    await until(() => colour(query(call, '.lobby video')) === 'red', 'our picture');
    expect(call.state.status).to.equal('idle');
    expect(query(call, '.room')!.textContent).to.equal('Stand-up');
    expect(query(call, '[role="toolbar"]') === null, 'no other buttons').to.equal(true);
    await expect(call).to.be.accessible();
    const focusable = queryAll<HTMLButtonElement>(call, 'button').map(({ className }) => className);
    expect(focusable).to.deep.equal(['microphone', 'camera', 'join']);
    for (const button of queryAll(call, 'button')) {
      const { width, height } = button.getBoundingClientRect();
      expect(Math.min(width, height)).to.be.at.least(44);
    }
    join(call).focus();
    join(call).click();
    await until(() => call.state.status === 'waiting', 'joined');
    await call.updateComplete;
    expect(inLobby(call)).to.equal(false);
    expect(call.shadowRoot!.activeElement?.closest('[role="toolbar"]') !== null, 'the focus').to.equal(true);
    call.leave();
    await call.updateComplete;
    expect(query(call, '.lobby')!.textContent).to.contain('You have left the call');
  });

  it('captures for its picture, shown as in a mirror, and takes it into the call', async () => {
    const call = await addCall({ ...options(), audio: true, video: true });
    await entered(call);
    await until(() => call.localStream, 'captured');
    await call.updateComplete;
    const video = query<HTMLVideoElement>(call, '.lobby video')!;
    expect(getComputedStyle(video).scale).to.equal('-1 1');
    const stream = call.localStream!;
    queryAll<HTMLButtonElement>(call, '.toggles button')[1]!.click();
    await call.updateComplete;
    expect([call.state.audio, call.state.video]).to.deep.equal([true, false]);
    expect(getComputedStyle(video).visibility).to.equal('hidden');
    join(call).click();
    await until(() => call.state.status === 'waiting', 'joined');
    expect(call.localStream === stream).to.equal(true);
    expect(call.state.video).to.equal(false);
  });

  it('tells what was refused, asks again, and lets in without devices', async () => {
    const denied = (): Promise<MediaStream> =>
      Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
    await withDevices('getUserMedia', denied, async () => {
      const call = await addCall({ ...options(), audio: true, video: true });
      const alert = (): Promise<unknown> => until(() => query(call, '[role="alert"]'), 'told');
      await alert();
      await expect(call).to.be.accessible();
      const again = nextEvent(call, 'error');
      press(call, 'Try again');
      await again;
      await alert();
      press(call, 'Join anyway');
      await until(() => call.state.status === 'waiting', 'joined');
      await call.updateComplete;
      expect(query(call, '[role="alert"]') === null && call.localStream === null).to.equal(true);
    });
  });

  it('tells why it could not join, and tries that again', async () => {
    const call = await addCall({ ...options(), signaling: () => Promise.reject(new Error('no address')) });
    await entered(call);
    join(call).click();
    await until(() => query(call, '[role="alert"]'), 'told');
    expect([call.state.status, inLobby(call)]).to.deep.equal(['idle', true]);
    call.signaling = new MemorySignaling();
    press(call, 'Try again');
    await until(() => call.state.status === 'waiting', 'joined');
  });

  it('shows our picture again when the room is full, and goes in with it when there is room', async () => {
    const shared = { ...options(), maxPeers: 2, audio: true, video: true };
    const calls = await Promise.all([1, 2, 3].map(() => addCall(shared)));
    for (const one of calls) await until(() => one.localStream && query(one, '.entrance button'), 'captured');
    const streams = new Map(calls.map((one) => [one, one.localStream!]));
    for (const one of calls) join(one).click();
    const isRefused = (one: PeerCall): boolean =>
      /full/.test(query(one, '[role="alert"]')?.textContent ?? '');
    const call = await until(() => calls.find(isRefused), 'one is told');
    await until(() => inLobby(call) && !query(call, '.lobby video')!.matches('.off'), 'our picture');
    const stream = streams.get(call)!;
    const live = (): boolean => stream.getTracks().every(({ readyState }) => readyState === 'live');
    expect([call.localStream === stream, live()]).to.deep.equal([true, true]);
    const inside = calls.filter((one) => one !== call);
    await until(() => inside.every(({ state }) => state.status === 'connected'), 'the others');
    inside[0]!.leave();
    await until(() => inside[1]!.peers.length === 0, 'room');
    press(call, 'Try again');
    await until(() => call.state.status === 'connected', 'joined');
    expect([call.localStream === stream, live()]).to.deep.equal([true, true]);
    call.leave();
    expect([call.localStream, live()]).to.deep.equal([null, false]);
  });

  it('shows our picture again when the room ends by itself, and gives the camera back with the page', async () => {
    let fail!: (error: MediaKitError) => void;
    const signaling: Signaling = {
      async open({ peer }, handlers) {
        fail = handlers.failed!;
        return {
          announce: (own) => queueMicrotask(() => handlers.presence(peer, own)),
          send() {},
          close() {},
        };
      },
    };
    const call = await addCall({ ...options(), signaling, video: true });
    const stream = await until(() => call.localStream, 'captured');
    await call.join();
    fail(new MediaKitError('signaling-refused', 'The room is gone.'));
    await until(() => inLobby(call), 'the lobby');
    expect([call.state.status, call.localStream === stream]).to.deep.equal(['left', true]);
    await call.join();
    dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
    expect(call.localStream).to.equal(null);
  });

  it('can be left while it joins', async () => {
    const { call, show } = await addMade({ status: 'idle' }, { lobby: true, room: 'r' });
    await entered(call);
    const button = join(call);
    button.focus();
    await show({ status: 'joining' });
    expect(query(call, '.lobby')!.textContent).to.contain('Joining the call…').and.contain('Cancel');
    let left = 0;
    call.leave = () => void left++;
    button.click();
    expect([left, call.shadowRoot!.activeElement === button]).to.deep.equal([1, true]);
    await expect(call).to.be.accessible();
  });

  it('leaves the buttons of the call where it could not be loaded', async () => {
    const call = document.createElement('peer-call');
    Object.assign(call, { ...options(), controls: false });
    document.body.append(call);
    // No test can take a file away: its styles are refused instead.
    const refuse = (): never => {
      delete (call.shadowRoot as Partial<ShadowRoot>).adoptedStyleSheets;
      throw new Error('no file');
    };
    Object.defineProperty(call.shadowRoot, 'adoptedStyleSheets', { configurable: true, set: refuse });
    await until(() => query(call, '[role="toolbar"] .join'), 'the buttons');
    expect(inLobby(call)).to.equal(false);
    query(call, '.join')!.click();
    await until(() => call.state.status === 'waiting', 'joined');
    call.leave();
    await entered(call);
    expect(query(call, '[role="toolbar"]') === null).to.equal(true);
  });

  it('has its buttons below the letter of our name', async () => {
    const { call } = await addMade({ status: 'idle' }, { lobby: true, room: 'r', name: 'Ann' });
    await entered(call);
    for (const width of [320, 480, 768, 1280]) {
      call.style.width = `${width}px`;
      const letter = query(call, '.avatar')!.getBoundingClientRect();
      const button = query(call, '.toggles button')!.getBoundingClientRect();
      expect(letter.bottom, `${width} px`).to.be.at.most(button.top + 1);
      expect(letter.top).to.be.at.least(query(call, '.tile')!.getBoundingClientRect().top);
    }
  });

  it('has all within on a phone, however long the room is called', async () => {
    for (const name of ['x'.repeat(1000), 'many words '.repeat(20)]) {
      const call = await addCall({ ...options(), room: name });
      call.style.width = '320px';
      await entered(call);
      const { top, bottom } = call.getBoundingClientRect();
      expect(query(call, '.tile')!.getBoundingClientRect().top, name).to.be.at.least(top);
      expect(join(call).getBoundingClientRect().bottom, name).to.be.at.most(bottom);
      expect(query(call, '.room')!.title, 'to be read in full').to.equal(name);
    }
  });

  it('gives its place to what the page puts there', async () => {
    const call = await addCall(options());
    call.innerHTML = '<p slot="lobby">Welcome</p>';
    await entered(call);
    expect(query<HTMLSlotElement>(call, 'slot[name="lobby"]')!.assignedElements().length).to.equal(1);
    expect(query(call, '.lobby')!.checkVisibility()).to.equal(false);
    await call.join();
    await call.updateComplete;
    expect(query(call, 'slot[name="lobby"]') === null).to.equal(true);
  });

  for (const [slot, before, after] of [
    ['lobby', { status: 'idle' }, { status: 'waiting' }],
    ['waiting', { status: 'waiting' }, { peers: [madePeer('a')] }],
  ] as const) {
    it(`keeps the focus when a button of the page goes, in the slot "${slot}"`, async () => {
      const { call, show } = await addMade(before, { lobby: true });
      call.innerHTML = `<button slot="${slot}"></button>`;
      const button = call.querySelector('button')!;
      button.focus();
      expect(document.activeElement === button).to.equal(true);
      await show(after);
      expect(call.shadowRoot!.activeElement?.className).to.equal('stage');
    });
  }
});
