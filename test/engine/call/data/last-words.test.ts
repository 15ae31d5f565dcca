import { expect } from '@open-wc/testing';
import { LABEL } from '../../../../components/engine/call/identifiers.js';
import type { MediaKitError } from '../../../../components/engine/errors.js';
import { nextEvent, until } from '../../../support/wait.js';
import { FakeClock } from '../support.js';
import { codeOf, fileOf, Two } from './support.js';

describe('how a file has ended', () => {
  let clock: FakeClock;
  let both: Two;
  beforeEach(async () => {
    clock = new FakeClock();
    both = new Two(clock);
    await both.connect();
  });
  afterEach(() => {
    both.close();
    expect(clock.pending, 'timers that are left').to.equal(0);
  });

  /** `two` can say nothing until the returned function is called. */
  function mute(): () => void {
    const [, connection] = both.connections as [RTCPeerConnection, RTCPeerConnection];
    const { createDataChannel } = connection;
    connection.createDataChannel = (...given) => {
      if (given[1]?.protocol?.startsWith('messages')) throw new DOMException('none', 'OperationError');
      return createDataChannel.apply(connection, given);
    };
    return () => (connection.createDataChannel = createDataChannel);
  }
  /** `two` leaves offers to the test. */
  const hold = (): void => {
    both.two.heard = (event) => event.type === 'file-offer' && event.preventDefault();
  };
  const offer = () => until(() => both.two.offers[0], 'an offer');
  /** Half a minute passes, and then as much as it takes. */
  async function later<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const settle = (): void => void (settled = true);
    promise.then(settle, settle);
    clock.advance(30_000);
    await until(() => {
      clock.advance(100);
      return settled;
    }, 'it ends');
    return promise;
  }

  it('is said as soon as it can be', async () => {
    const heal = mute();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(10)));
    await both.two.arrival();
    heal();
    both.two.exchange.look('one');
    expect(await sent).to.equal('');
  });

  it('is said with the next message', async () => {
    const heal = mute();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(10)));
    await both.two.arrival();
    heal();
    await both.two.exchange.send('hello');
    expect(await sent).to.equal('');
    expect(both.one.messages).to.deep.equal(['hello']);
  });

  it('is asked for', async () => {
    const heal = mute();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(10)));
    await both.two.arrival();
    heal();
    expect(await later(sent)).to.equal('');
    expect(both.one.progress.at(-1)!.status).to.equal('done');
  });

  it('is said by the sender to who fetches it', async () => {
    hold();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(10)));
    const taken = await offer();
    const [connection] = both.connections as [RTCPeerConnection];
    const other = nextEvent<RTCDataChannelEvent>(connection, 'datachannel');
    both.one.link('two', { connection, status: 'failed' });
    expect(await sent).to.equal('connection-failed');
    both.one.links.set('two', { connection, status: 'connected' });
    taken.accept();
    expect((await other).channel.protocol).to.contain('file');
    const { error } = await until(() => both.two.progress.find(({ status }) => status === 'failed'));
    expect(error!.message).to.contain('knows nothing');
  });

  it('is unknown to who came anew, and the sender is told so', async () => {
    hold();
    const sent = both.one.exchange.sendFile(fileOf(10), { to: 'two' }).catch((error: MediaKitError) => error);
    await offer();
    both.two.exchange.forget('one');
    const error = (await later(sent)) as MediaKitError;
    expect([error.code, error.message.includes('knows nothing')]).to.deep.equal(['connection-failed', true]);
    expect(both.one.progress.at(-1)!.status).to.equal('failed');
  });

  it('is unknown to a sender that came anew, and the receiver is told so', async () => {
    hold();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(10), { to: 'two' }));
    const taken = await offer();
    both.one.exchange.forget('two');
    expect(await sent).to.equal('connection-failed');
    taken.accept();
    const { error } = await until(() => both.two.progress.find(({ status }) => status === 'failed'));
    expect(error!.message).to.contain('knows nothing');
  });

  it('is that it failed where the connection is given up', async () => {
    hold();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(10)));
    await offer();
    // Nothing is being said, and nothing moves.
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { connection } = both.one.links.get('two')!;
    both.one.link('two', { connection, status: 'failed' });
    expect(await sent).to.equal('connection-failed');
    expect(both.one.progress.at(-1)!.status).to.equal('failed');
    both.one.link('two', { connection, status: 'connected' });
    await until(() => both.two.progress.at(-1)?.status === 'failed', 'the receiver hears of it');
  });

  it('is said after a connection that was given up came back', async () => {
    hold();
    const sent = codeOf(both.one.exchange.sendFile(fileOf(10)));
    const taken = await offer();
    const { connection } = both.two.links.get('one')!;
    both.two.link('one', { connection, status: 'failed' });
    taken.refuse();
    await new Promise((resolve) => setTimeout(resolve, 100));
    both.two.link('one', { connection, status: 'connected' });
    expect(await sent).to.equal('aborted');
    expect(both.one.progress.at(-1)!.status).to.equal('refused');
  });

  it('is not kept without end for one that asks and does not listen', async () => {
    const [from] = both.connections as [RTCPeerConnection];
    from.ondatachannel = null;
    const line = from.createDataChannel(LABEL, { protocol: 'messages rogue 0' });
    await nextEvent(line, 'open');
    for (let n = 0; n < 257; n++) {
      const ask = JSON.stringify({ t: 'ask', id: `n${n}` });
      line.send(new Uint8Array([0x80, ...new TextEncoder().encode(ask)]));
    }
    const cut = await until(() => both.two.cuts[0], 'it is cut off');
    expect(cut).to.contain('more than it listens to');
  });
});
