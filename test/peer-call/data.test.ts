import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import type { MediaKitError } from '../../components/engine/errors.js';
import { nextEvent } from '../support/wait.js';
import { addCall, connectedPair, stop } from './calls.js';

describe('<peer-call> and its data', () => {
  afterEach(() => {
    for (const call of document.querySelectorAll('peer-call')) {
      stop(call.srcObject);
      call.leave();
      call.remove();
    }
  });

  it('fires what comes, and lets a page answer an offer', async () => {
    const [one, two] = await connectedPair();
    const said: [string, unknown][] = [];
    two.addEventListener('message', ({ from, data }) => said.push([from, data]));
    await one.send({ text: 'hello' });
    expect(said).to.deep.equal([[one.localId, { text: 'hello' }]]);

    two.addEventListener('file-offer', (event) => event.preventDefault(), { once: true });
    const offered = nextEvent<HTMLElementEventMap['file-offer']>(two, 'file-offer');
    const sent = one.sendFile(new File(['abc'], 'a.txt', { type: 'text/plain' }), { to: two.localId });
    const offer = await offered;
    expect([offer.from, offer.transfer.name, offer.transfer.size]).to.deep.equal([one.localId, 'a.txt', 3]);
    const came = nextEvent<HTMLElementEventMap['file']>(two, 'file');
    offer.accept();
    await sent;
    expect(await (await came).file!.text()).to.equal('abc');
  });

  it('rejects what cannot be sent, and fires the same error', async () => {
    const call = await addCall();
    const fired = nextEvent<ErrorEvent>(call, 'error');
    const error = await call.send('x').catch((thrown: MediaKitError) => thrown);
    expect((error as MediaKitError).code).to.equal('bad-input');
    expect((await fired).error === error).to.equal(true);
    const [one] = await connectedPair();
    for (const sent of [
      one.send(new Map()),
      one.sendFile('x' as unknown as Blob),
      one.send('x', { to: 'nobody' }),
    ]) {
      expect(((await sent.catch((thrown: MediaKitError) => thrown)) as MediaKitError).code).to.equal(
        'bad-input',
      );
    }
  });
});
