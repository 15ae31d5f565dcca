import { expect } from '@open-wc/testing';
import { Room } from '../../components/engine/call/room.js';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { afterGrace, until } from '../support/wait.js';
import { camera, connectedPair, query, remoteTile, stop, withDisplay } from './calls.js';

type View = Parameters<Room['setView']>[1];

describe('what <peer-call> tells of its tiles', () => {
  const { setView } = Room.prototype;
  const told = new Map<string, { readonly view: View; readonly at: number }[]>();
  const latest = (call: PeerCall): View | undefined => told.get(call.peers[0]!.id)?.at(-1)?.view;
  const rounded = (pixels: number): number => Math.ceil((pixels * devicePixelRatio) / 64) * 64;
  /** The size of the tile as it should be told. */
  const size = (tile: HTMLElement | null): string => {
    if (!tile) return 'no tile';
    const { width, height } = tile.getBoundingClientRect();
    return JSON.stringify({ width: rounded(width), height: rounded(height) });
  };
  const hide = (hidden: boolean): void => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  };

  beforeEach(() => {
    told.clear();
    Room.prototype.setView = function (this: Room, id, view) {
      told.set(id, [...(told.get(id) ?? []), { view, at: performance.now() }]);
      setView.call(this, id, view);
    };
    scrollTo(0, 0);
  });

  afterEach(async () => {
    Room.prototype.setView = setView;
    Reflect.deleteProperty(document, 'hidden');
    for (const call of document.querySelectorAll('peer-call')) stop(call.srcObject);
    document.body.replaceChildren();
    await afterGrace();
  });

  it('is their size in device pixels, again when that has changed', async () => {
    const [one] = await connectedPair();
    const camera = (): string => JSON.stringify(latest(one)?.camera);
    await until(() => camera() === size(remoteTile(one)), 'the size in the grid');
    const before = camera();
    one.layout = 'speaker';
    await one.updateComplete;
    await until(() => camera() === size(query(one, '.large')), 'the size of the large one');
    expect(camera()).not.to.equal(before);
    one.style.width = '400px';
    await until(() => camera() === size(query(one, '.large')), 'the size of the narrow one');
    const { length } = told.get(one.peers[0]!.id)!;
    one.toggleAudio();
    await one.updateComplete;
    expect(told.get(one.peers[0]!.id)!.length, 'nothing new').to.equal(length);
    const times = told.get(one.peers[0]!.id)!.map(({ at }) => at);
    const pauses = times.slice(1).map((at, index) => at - times[index]!);
    expect(Math.min(...pauses)).to.be.greaterThan(450);
  });

  it('has the screen that is shared', async () => {
    const [one, two] = await connectedPair();
    const least = (): boolean => latest(one)?.screen?.width === 1;
    await until(least, 'the least before there is one: it is seen at once');
    const shared = camera('#00ff00', { audio: false });
    await withDisplay(shared, () => two.shareScreen());
    await until(() => JSON.stringify(latest(one)?.screen) === size(query(one, '.screen')), 'its size');
    two.stopSharing();
    await until(least, 'the least again');
    hide(true);
    await until(() => latest(one)!.screen === null, 'nothing on a hidden page');
  });

  it('is the least for what is out of sight, and nothing on a hidden page', async () => {
    const [one] = await connectedPair();
    await until(() => latest(one)?.camera, 'told');
    one.style.marginBlockStart = '300vh';
    await until(() => latest(one)!.camera?.width === 1, 'the least');
    one.scrollIntoView();
    await until(() => latest(one)!.camera!.width > 1, 'seen again');
    hide(true);
    await until(() => latest(one)!.camera === null, 'nothing');
    hide(false);
    await until(() => latest(one)!.camera !== null, 'shown again');
    one.hidden = true;
    await until(() => latest(one)!.camera === null, 'nothing of a hidden element');
  });

  it('is nothing at all for one that was never shown, nor after its removal', async () => {
    const [one, two] = await connectedPair({}, { hidden: true });
    await until(() => latest(one), 'the shown one tells');
    const [peer] = two.peers;
    expect(told.has(peer!.id)).to.equal(false);
    two.hidden = false;
    await until(() => told.has(peer!.id), 'shown');
    const { length } = told.get(one.peers[0]!.id)!;
    const id = one.peers[0]!.id;
    one.keepAlive = true;
    one.remove();
    one.style.width = '500px';
    await afterGrace();
    expect(told.get(id)!.length).to.equal(length);
    one.keepAlive = false;
    one.leave();
  });
});
