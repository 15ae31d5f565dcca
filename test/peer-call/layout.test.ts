import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import { largeTile } from '../../components/peer-call/large-tile.js';
import { seat } from '../../components/peer-call/layout.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { afterGrace, until } from '../support/wait.js';
import { addCall, camera, newRoom, query, queryAll, stop, withDisplay } from './calls.js';
import { addMade, madePeer, madeState } from './made.js';

const WIDTHS = [320, 480, 768, 1280];

/** Says what is wrong with the tiles of `call`, or nothing. */
function faults(call: PeerCall): string[] {
  const wrong: string[] = [];
  const host = call.getBoundingClientRect();
  const boxes = queryAll(call, '.tile, .toolbar').map((tile) => tile.getBoundingClientRect());
  boxes.forEach((box, index) => {
    if (box.width < 40 || box.height < 22) wrong.push(`${index} is tiny: ${box.width} × ${box.height}`);
    const inside =
      box.left >= host.left - 1 &&
      box.right <= host.right + 1 &&
      box.top >= host.top - 1 &&
      box.bottom <= host.bottom + 1;
    if (!inside) wrong.push(`${index} is outside`);
    for (const other of boxes.slice(index + 1)) {
      const apart =
        box.right <= other.left ||
        other.right <= box.left ||
        box.bottom <= other.top ||
        other.bottom <= box.top;
      if (!apart) wrong.push(`${index} overlaps`);
    }
  });
  for (const tile of queryAll(call, '.tile')) {
    const { width, height } = tile.getBoundingClientRect();
    if (Math.abs(width / height - 16 / 9) > 0.1) wrong.push(`a tile is ${width} × ${height}`);
  }
  return wrong;
}

/** Says what is wrong with one large tile and the strip of the others, or nothing. */
function faultsOfSpeaker(call: PeerCall): string[] {
  const wrong: string[] = [];
  const host = call.getBoundingClientRect();
  const [large, ...more] = queryAll(call, '.large').map((tile) => tile.getBoundingClientRect());
  if (!large || more.length) return [`${more.length + 1} are large`];
  const strip = query(call, '.layout')!.getBoundingClientRect();
  const pair = query(call, '.pair') !== null;
  if (
    large.left < host.left ||
    large.right > host.right ||
    large.top < host.top ||
    large.bottom > host.bottom
  )
    wrong.push('the large one is outside');
  for (const tile of queryAll(call, '.tile:not(.large)')) {
    const { left, right, top, bottom, width, height } = tile.getBoundingClientRect();
    if (Math.abs(width / height - 16 / 9) > 0.1) wrong.push(`a tile is ${width} × ${height}`);
    if (width > large.width / 1.5) wrong.push(`one of ${width} px is as large as ${large.width} px`);
    if (pair) continue;
    // Out of sight it is in the strip all the same.
    const beside = left >= large.right || right <= large.left || top >= large.bottom || bottom <= large.top;
    if (!beside) wrong.push('one covers the large one');
    const across = strip.width > strip.height ? top >= strip.top - 1 && bottom <= strip.bottom + 1 : true;
    if (!across) wrong.push('one is beside the strip');
  }
  return wrong;
}

describe('seat', () => {
  it('keeps everybody where they are and gives free seats away', () => {
    expect(seat([], ['a', 'b', 'c'])).to.deep.equal(['a', 'b', 'c']);
    expect(seat(['a', 'b', 'c'], ['a', 'c'])).to.deep.equal(['a', null, 'c']);
    expect(seat(['a', null, 'c'], ['a', 'c', 'd', 'e'])).to.deep.equal(['a', 'd', 'c', 'e']);
    expect(seat(['a', 'b'], [])).to.deep.equal([null, null]);
  });
});

describe('largeTile', () => {
  const [a, b] = [madePeer('a'), madePeer('b')];
  const stream = new MediaStream();

  it('is nobody in the grid, and where nobody else is', () => {
    expect(largeTile(madeState({ peers: [a, b] }), ['a', 'b'], 'grid', null)).to.equal(null);
    expect(largeTile(madeState({ localStream: stream }), [], 'speaker', 'me')).to.equal(null);
  });

  it('is whoever speaks or spoke last, else the first that sits there', () => {
    const large = (speaker: string | null): unknown =>
      largeTile(madeState({ peers: [a, b], speaker }), [null, 'b', 'a'], 'speaker', null);
    expect(large(null)).to.equal('b');
    expect(large('a')).to.equal('a');
    expect(large('gone')).to.equal('b');
  });

  it('is the screen of somebody else before whoever speaks', () => {
    const peers = [a, { ...b, screen: stream }];
    const state = madeState({ peers, speaker: 'a', localScreen: stream });
    expect(largeTile(state, ['a', 'b'], 'speaker', null)).to.equal('b/screen');
    expect(largeTile({ ...state, peers: [a, b] }, ['a', 'b'], 'speaker', null)).to.equal('a');
  });

  it('is the pinned one before all, as long as it is there', () => {
    const state = madeState({ peers: [a, { ...b, screen: stream }], localStream: stream });
    for (const layout of ['grid', 'speaker'] as const) {
      for (const pinned of ['a', 'b', 'b/screen', 'me']) {
        expect(largeTile(state, ['a', 'b'], layout, pinned)).to.equal(pinned);
      }
    }
    expect(largeTile(state, ['a', 'b'], 'grid', 'a/screen')).to.equal(null);
    expect(largeTile(state, ['a', 'b'], 'speaker', 'gone')).to.equal('b/screen');
  });
});

describe('<peer-call> layout', function () {
  this.timeout(60_000);
  const stage = document.createElement('div');

  before(() => document.body.append(stage));
  after(() => stage.remove());

  it('fits one to eight people, with and without a screen, from 320 px up', async () => {
    const signaling = new MemorySignaling();
    const room = newRoom();
    const mine = camera('#ff0000', { audio: false });
    const call = await addCall({ room, signaling, srcObject: mine, name: 'Me', controls: true });
    stage.append(call);
    await call.join();
    const others: PeerCall[] = [];
    try {
      for (let people = 1; people <= 8; people++) {
        if (people > 1) {
          const other = await addCall({
            room,
            signaling,
            name: `Somebody with a long name ${people}`,
            hidden: true,
          });
          others.push(other);
          await other.join();
        }
        await until(() => call.peers.length === people - 1 && call.updateComplete, `${people} people`);
        expect(queryAll(call, '[part="grid"] .tile').length).to.equal(Math.max(2, people));
        for (const width of WIDTHS) {
          stage.style.width = `${width}px`;
          expect(faults(call), `${people} at ${width} px`).to.deep.equal([]);
        }
      }
      const screen = camera('#00ff00', { audio: false });
      await withDisplay(screen, () => call.shareScreen());
      await call.updateComplete;
      for (const width of WIDTHS) {
        stage.style.width = `${width}px`;
        expect(faults(call), `a screen at ${width} px`).to.deep.equal([]);
        const [shared, person] = queryAll(call, '.tile').map((tile) => tile.getBoundingClientRect().width);
        expect(shared).to.be.greaterThan(1.5 * person!);
      }
      stop(screen);
    } finally {
      for (const one of [call, ...others]) one.remove();
      stop(mine);
    }
  });

  it('stacks two on a phone, and fills the height that the page gives', async () => {
    const call = await addCall({
      room: newRoom(),
      signaling: new MemorySignaling(),
      srcObject: camera('#ff0000'),
    });
    stage.append(call);
    stage.style.width = '320px';
    const [first, second] = queryAll(call, '.tile').map((tile) => tile.getBoundingClientRect());
    expect(second!.top).to.be.at.least(first!.bottom);
    expect(first!.width).to.be.greaterThan(280);
    call.style.height = '700px';
    expect(queryAll(call, '.call')[0]!.getBoundingClientRect().height).to.equal(Math.min(700, innerHeight));
    stop(call.srcObject);
    call.remove();
  });

  it('shows one large and the others in a strip, from 320 px up', async () => {
    const peers = 'abcdefg'.split('').map((id) => madePeer(id));
    const [mine, shared] = [camera('#ff0000', { audio: false }), camera('#00ff00', { audio: false })];
    const own = { localStream: mine, speaker: 'a' };
    const { call, show } = await addMade(own, { layout: 'speaker', controls: true });
    stage.append(call);
    for (const dir of ['ltr', 'rtl']) {
      stage.dir = dir;
      for (let others = 1; others <= 7; others++) {
        const some = peers.slice(0, others);
        await show({ ...own, peers: some });
        for (const width of WIDTHS) {
          stage.style.width = `${width}px`;
          expect(faultsOfSpeaker(call), `${others} others at ${width} px, ${dir}`).to.deep.equal([]);
        }
        await show({ ...own, peers: [{ ...some[0]!, screen: shared }, ...some.slice(1)] });
        for (const width of WIDTHS) {
          stage.style.width = `${width}px`;
          expect(faultsOfSpeaker(call), `a screen and ${others} at ${width} px, ${dir}`).to.deep.equal([]);
        }
      }
    }
    const strip = query(call, '.layout')!;
    stage.style.width = '320px';
    expect(strip.scrollWidth, 'it scrolls').to.be.greaterThan(strip.clientWidth);
    call.remove();
    stop(mine, shared);
  });

  it('begins no picture anew, whoever is large', async () => {
    const streams = ['#ff0000', '#00ff00', '#0000ff'].map((colour) => camera(colour, { audio: false }));
    const peers = ['a', 'b'].map((id, index) => madePeer(id, { stream: streams[index]! }));
    const own = { peers, localStream: streams[2]! };
    const { call, show } = await addMade(own);
    const videos = queryAll<HTMLVideoElement>(call, 'video');
    await until(() => videos.every(({ videoWidth }) => videoWidth > 0), 'all have begun');
    const places = videos.map(({ parentElement }) => parentElement!.parentElement);
    let begun = 0;
    for (const video of videos) video.addEventListener('emptied', () => begun++);
    const steps: (() => unknown)[] = [
      () => (call.layout = 'speaker'),
      () => show({ ...own, speaker: 'b' }),
      () => show({ ...own, speaker: 'a' }),
      () => call.pin('me'),
      () => show({ ...own, peers: [{ ...peers[0]!, quality: null, speaking: true }, peers[1]!] }),
      () => call.pin(null),
      () => (call.layout = 'grid'),
    ];
    for (const step of steps) {
      await step();
      await call.updateComplete;
      const now = queryAll<HTMLVideoElement>(call, 'video');
      const kept = now.every((video, index) => video === videos[index] && !video.paused);
      const placed = now.every(({ parentElement }, index) => parentElement!.parentElement === places[index]);
      expect([kept, placed], String(step)).to.deep.equal([true, true]);
    }
    await afterGrace();
    expect(begun).to.equal(0);
    call.remove();
    stop(...streams);
  });

  describe('pinning', () => {
    const peers = [madePeer('a', { name: 'Ann' }), madePeer('b', { name: 'Ben' })];
    const large = (call: PeerCall): string | undefined => query(call, '.large')?.dataset.tile;
    const pin = (call: PeerCall, tile: string): HTMLButtonElement =>
      query<HTMLButtonElement>(call, `[data-tile="${tile}"] .pin`)!;
    const heard = (call: PeerCall): string => query(call, '[role="status"]')!.textContent!;

    it('is done by a button of each tile, which can be seen when it is reached', async () => {
      const { call } = await addMade({ peers });
      const button = pin(call, 'b');
      expect([button.ariaLabel, button.ariaPressed]).to.deep.equal(['Keep large: Ben', 'false']);
      button.focus({ focusVisible: true } as FocusOptions);
      await until(() => getComputedStyle(button).opacity === '1', 'seen');
      const { width, height } = button.getBoundingClientRect();
      expect(Math.min(width, height)).to.be.at.least(44);
      button.click();
      await call.updateComplete;
      expect([call.pinned, large(call), heard(call)]).to.deep.equal(['b', 'b', 'Kept large: Ben']);
      expect(call.shadowRoot!.activeElement === button && button.ariaPressed === 'true').to.equal(true);
      await expect(call).to.be.accessible();
      button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
      await call.updateComplete;
      expect([call.pinned, large(call), heard(call)]).to.deep.equal([null, undefined, 'Nobody stays large']);
      call.remove();
    });

    it('is done by a double click as well, which a button does not take for one of the tile', async () => {
      const { call } = await addMade({ peers });
      const twice = (target: Element): boolean =>
        target.dispatchEvent(new Event('dblclick', { bubbles: true }));
      twice(query(call, '[data-tile="a"] video')!);
      await call.updateComplete;
      expect(large(call)).to.equal('a');
      twice(pin(call, 'b'));
      await call.updateComplete;
      expect(large(call)).to.equal('a');
      twice(query(call, '[data-tile="a"] .label')!);
      await call.updateComplete;
      expect(large(call)).to.equal(undefined);
      call.remove();
    });

    it('tells whom it keeps large, and nothing of one who is not there', async () => {
      const stream = camera('#ff0000', { audio: false });
      const { call } = await addMade({
        peers: [{ ...peers[0]!, screen: stream }, peers[1]!],
        localStream: stream,
      });
      const told = async (tile: string | null): Promise<string> => {
        call.pin(tile);
        await call.updateComplete;
        return heard(call);
      };
      expect(await told('me')).to.equal('Kept large: You');
      expect(await told('a/screen')).to.equal('Kept large: Screen of Ann');
      expect(await told('a')).to.equal('Kept large: Ann');
      expect(await told('nobody')).to.equal('Kept large: Ann');
      expect(await told(null)).to.equal('Nobody stays large');
      expect(await told(null)).to.equal('Nobody stays large');
      await told('b');
      call.layout = 'speaker';
      call.pin(null);
      await call.updateComplete;
      expect(heard(call)).to.equal('Whoever speaks is shown large');
      call.remove();
      stop(stream);
    });

    it('tells whom it keeps large where one id begins with another', async () => {
      const [anna, annabel] = [madePeer('anna', { name: 'Ann' }), madePeer('annabel', { name: 'Bel' })];
      const { call } = await addMade({ peers: [anna, annabel] });
      call.pin('annabel');
      await call.updateComplete;
      expect(heard(call)).to.equal('Kept large: Bel');
      call.remove();
    });

    it('leaves what lies over the tiles above the one in the corner', async () => {
      const { call } = await addMade(
        { peers: [peers[0]!], localStream: new MediaStream() },
        { layout: 'speaker' },
      );
      stage.append(call);
      stage.style.width = '320px';
      call.innerHTML = '<div slot="overlay" style="block-size: 100%"></div>';
      await call.updateComplete;
      call.scrollIntoView();
      const { left, top, width, height } = query(call, '.pair .tile:not(.large)')!.getBoundingClientRect();
      const over = document.elementFromPoint(left + width / 2, top + height / 2);
      expect(over?.getAttribute('slot')).to.equal('overlay');
      call.remove();
    });

    it('waits for one who is gone', async () => {
      const { call, show } = await addMade({ peers }, { pinned: 'b' });
      await show({ peers: [peers[0]!] });
      expect(large(call)).to.equal(undefined);
      await show({ peers });
      expect(large(call)).to.equal('b');
      call.remove();
    });

    it('ends with the button of the bar, which changes between all and one', async () => {
      const { call, show } = await addMade({ peers, speaker: 'b' }, { controls: true, pinned: 'a' });
      const button = query<HTMLButtonElement>(call, 'button.large-view')!;
      const click = async (): Promise<unknown[]> => {
        button.click();
        await call.updateComplete;
        return [call.layout, call.pinned, large(call), button.ariaPressed];
      };
      const look = (): string => getComputedStyle(button).backgroundColor;
      expect(button.ariaPressed).to.equal('true');
      const pressed = look();
      expect(await click()).to.deep.equal(['grid', null, undefined, 'false']);
      expect(look()).not.to.equal(pressed);
      expect(await click()).to.deep.equal(['speaker', null, 'b', 'true']);
      expect(heard(call)).to.equal('Whoever speaks is shown large');
      await show({ status: 'waiting' });
      expect(button.ariaDisabled).to.equal('true');
      call.remove();
    });
  });
});
