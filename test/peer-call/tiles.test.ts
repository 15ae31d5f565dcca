import { expect } from '@open-wc/testing';
import type { PeerQuality, QualityScore } from '../../components/engine/call/quality.js';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { until } from '../support/wait.js';
import { query, queryAll } from './calls.js';
import { addMade, madePeer } from './made.js';

const quality = (score: QualityScore): PeerQuality => ({ score }) as PeerQuality;
const words = (call: PeerCall): string =>
  query(call, '.tile-status')?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

describe('tiles of <peer-call>', () => {
  afterEach(() => document.body.replaceChildren());

  it('say what is happening while a member is not connected', async () => {
    const ann = (status: Parameters<typeof madePeer>[1]): { peers: ReturnType<typeof madePeer>[] } => ({
      peers: [madePeer('a', { name: 'Ann', ...status })],
    });
    const { call, show } = await addMade(ann({}));
    expect(words(call)).to.equal('');
    await show(ann({ status: 'reconnecting' }));
    expect(words(call)).to.equal('Reconnecting… The connection broke and is being brought back');
    await expect(call).to.be.accessible();
    await show({ ...ann({ status: 'reconnecting' }), reachable: false });
    expect(words(call)).to.contain('no way to the room');
    await show(ann({ status: 'offline' }));
    expect(words(call)).to.contain('No network');
    await expect(call).to.be.accessible();
    await show(ann({}));
    expect(words(call)).to.equal('');
  });

  it('tell of connecting only where it takes its time', async () => {
    const peers = [madePeer('a', { status: 'connecting' })];
    const { call, show } = await addMade({ status: 'connecting', peers });
    expect(words(call)).to.equal('');
    await until(() => words(call) === 'Connecting…', 'told');
    await show({ peers: [madePeer('a')] });
    await show({ peers });
    expect(words(call)).to.equal('');
  });

  it('offer to try again where every way was tried in vain', async () => {
    const { call } = await addMade({ peers: [madePeer('a', { status: 'failed' }), madePeer('b')] });
    const asked: unknown[] = [];
    call.restartIce = (id) => asked.push(id);
    expect(words(call)).to.contain('No connection').and.contain('Try again');
    await expect(call).to.be.accessible();
    query<HTMLButtonElement>(call, '.tile-status button')!.click();
    expect(asked).to.deep.equal(['a']);
  });

  it('mark who speaks, not by colour alone, and not who is muted', async () => {
    const { call, show } = await addMade({ peers: [madePeer('a', { speaking: true }), madePeer('b')] });
    const speaking = (): string[] =>
      queryAll(call, '.tile')
        .filter((tile) => tile.textContent!.includes('Speaking'))
        .map(({ dataset }) => dataset.tile!);
    const ring = (): string => getComputedStyle(query(call, '[data-tile="a"]')!, '::after').opacity;
    expect(speaking()).to.deep.equal(['a']);
    await until(() => ring() === '1', 'the ring');
    await show({ peers: [madePeer('a', { speaking: true, audio: false }), madePeer('b')] });
    expect(speaking()).to.deep.equal([]);
    await until(() => ring() === '0', 'no ring');
  });

  it('show the code of somebody with a long name within', async () => {
    const { call } = await addMade({
      peers: [madePeer('a', { name: 'W'.repeat(64), verification: '12345 12345 12345' })],
    });
    call.style.width = '320px';
    query<HTMLDetailsElement>(call, 'details')!.open = true;
    const { scrollWidth, clientWidth } = query(call, 'details p')!;
    expect(clientWidth).to.be.above(0);
    expect(scrollWidth).to.be.at.most(clientWidth);
  });

  it('mark a connection that is not good, and a good one only for who looks closer', async () => {
    const { call, show } = await addMade({ peers: [madePeer('a', { quality: quality('poor') })] });
    const mark = (): HTMLElement | null => query(call, '[class*="quality-"]');
    expect(mark()!.textContent!.trim()).to.equal('Poor connection');
    expect(mark()!.checkVisibility()).to.equal(true);
    await expect(call).to.be.accessible();
    await show({ peers: [madePeer('a', { quality: quality('fair') })] });
    expect(mark()!.textContent!.trim()).to.equal('Fair connection');
    await show({ peers: [madePeer('a', { quality: quality('good') })] });
    expect(mark()!.checkVisibility()).to.equal(false);
    await show({ peers: [madePeer('a', { quality: quality('none') })] });
    expect(mark() === null).to.equal(true);
    await show({ peers: [madePeer('a', { quality: quality('poor'), status: 'failed' })] });
    expect(mark() === null, 'the words tell more').to.equal(true);
  });
});
