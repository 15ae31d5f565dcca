import { expect } from '@open-wc/testing';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import '../../components/peer-call/define.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { until } from '../support/wait.js';
import { warningsOf } from '../support/warnings.js';
import { addCall, camera, newRoom, rejection, stop } from './calls.js';

/** In the document, with these attributes, and the messages of its errors from the beginning. */
async function addWith(attributes: Record<string, string>): Promise<{ call: PeerCall; told: string[] }> {
  const call = document.createElement('peer-call');
  const told: string[] = [];
  call.addEventListener('error', ({ message }) => told.push(message));
  Object.assign(call, { room: newRoom(), signaling: new MemorySignaling() });
  for (const [name, value] of Object.entries(attributes)) call.setAttribute(name, value);
  document.body.append(call);
  await call.updateComplete;
  return { call, told };
}

describe('<peer-call> and attributes that make no sense', () => {
  afterEach(() => document.body.replaceChildren());

  for (const [attribute, value] of [
    ['direction', 'both'],
    ['codecs', 'vp99'],
    ['max-bitrate', 'low'],
    ['max-frame-rate', '-3'],
    ['degradation-preference', 'speed'],
    ['max-peers', '1'],
    ['ice-servers', '[{'],
    ['ice-servers', '[{"urls":"http://x"}]'],
    ['ice-transport-policy', 'relays'],
  ] as const) {
    it(`tells of ${attribute}=${value} once, by that name`, async () => {
      const { call, told } = await addWith({ [attribute]: value });
      await call.join().catch(() => {});
      expect([told.length, told[0]?.includes(`"${attribute}"`)], told[0]).to.deep.equal([1, true]);
    });
  }

  it('warns of a layout', async () => {
    const warnings = await warningsOf(() => addWith({ layout: 'speakers' }));
    expect(warnings).to.deep.equal([
      '<peer-call>: layout="speakers" is not one of grid, speaker; grid is used.',
    ]);
  });

  it('lets none of them keep another back', async () => {
    const { call } = await addWith({ direction: 'recvonly', codecs: 'vp99' });
    const stream = camera('#ff0000');
    call.srcObject = stream;
    await call.join();
    expect([call.state.audio, call.state.video]).to.deep.equal([false, false]);
    stop(stream);
  });

  it('tells of one no more when another changes', async () => {
    const { call, told } = await addWith({ codecs: 'vp99' });
    call.maxFrameRate = 10;
    await call.updateComplete;
    expect(told.length).to.equal(1);
  });

  it('tells the sender what to keep when it has to send less', async () => {
    const both = { room: newRoom(), signaling: new MemorySignaling() };
    const stream = camera('#ff0000');
    const [one, two] = [await addCall({ ...both, srcObject: stream }), await addCall(both)];
    one.setAttribute('degradation-preference', 'maintain-resolution');
    await Promise.all([one.join(), two.join()]);
    const told = (): unknown => {
      const senders = one.getPeerConnection(two.localId)?.getSenders();
      const video = senders?.find(({ track }) => track?.kind === 'video');
      return (video?.getParameters() as { degradationPreference?: string } | undefined)
        ?.degradationPreference;
    };
    await until(() => told() === 'maintain-resolution', 'the first');
    one.setAttribute('degradation-preference', 'maintain-framerate');
    await until(() => told() === 'maintain-framerate', 'the second');
    stop(stream);
  });

  it('goes all ways where the policy is gone', async () => {
    const call = await addCall({ room: newRoom(), signaling: new MemorySignaling() });
    call.setAttribute('ice-transport-policy', 'relay');
    call.removeAttribute('ice-transport-policy');
    expect(await rejection(call.join())).to.equal('not rejected');
  });
});
