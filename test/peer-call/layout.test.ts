import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { until } from '../support/wait.js';
import { addCall, camera, newRoom, queryAll, stop, withDisplay } from './calls.js';

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
});
