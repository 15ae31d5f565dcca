import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import type { MediaKitError } from '../../components/engine/errors.js';
import { MemorySignaling } from '../../components/engine/signaling/memory.js';
import type { Signaling } from '../../components/engine/signaling/signaling.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { rejection } from '../support/signaling-contract.js';
import { until } from '../support/wait.js';
import { addCall, newRoom } from './calls.js';

const key = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

describe('<peer-call> secret', () => {
  let signaling: Signaling;
  let room: string;

  beforeEach(() => {
    signaling = new MemorySignaling();
    room = newRoom();
  });

  afterEach(() => {
    document.body.replaceChildren();
  });

  const join = async (properties: Partial<PeerCall>): Promise<PeerCall> => {
    const call = await addCall({ room, signaling, ...properties });
    await call.join();
    return call;
  };
  const meets = (call: PeerCall): Promise<boolean> =>
    until(() => call.state.status === 'connected', 'connected');

  it('is none by default, no attribute and nowhere to be seen', async () => {
    const call = await addCall();
    expect(call.secret).to.equal(null);
    call.setAttribute('secret', 'told to everybody');
    await call.updateComplete;
    expect(call.secret).to.equal(null);
    call.removeAttribute('secret');
    call.secret = 'correct horse';
    await call.updateComplete;
    expect(call.outerHTML + call.shadowRoot!.innerHTML).not.to.contain('correct horse');
    expect(JSON.stringify(call.state)).not.to.contain('correct horse');
  });

  it('may be given before the element is upgraded', async () => {
    const tag = `peer-call-${Math.random().toString(36).slice(2)}`;
    const call = document.createElement(tag) as PeerCall;
    Object.assign(call, { secret: 'correct horse' });
    document.body.append(call);
    customElements.define(tag, class extends (customElements.get('peer-call') as typeof PeerCall) {});
    await call.updateComplete;
    expect(call.secret).to.equal('correct horse');
  });

  it('brings those together who have the same, as bytes and as text', async () => {
    for (const secret of [key(), 'correct horse']) {
      room = newRoom();
      const [one, other] = await Promise.all([join({ secret }), join({ secret })]);
      await Promise.all([meets(one), meets(other)]);
    }
  });

  it('may be wiped as soon as the join has begun', async () => {
    const secret = key();
    const wiped = await addCall({ room, signaling, secret: secret.slice() });
    const joined = wiped.join();
    (wiped.secret as Uint8Array).fill(0);
    await joined;
    await Promise.all([meets(wiped), join({ secret }).then(meets)]);
  });

  it('tells of another, stays, and is read anew when joining', async () => {
    const errors: MediaKitError[] = [];
    const right = key();
    const one = await join({ secret: right });
    const other = await addCall({ room, signaling, secret: key() });
    other.addEventListener('error', ({ error }) => errors.push(error as MediaKitError));
    await other.join();
    await until(() => errors.length > 0, 'told', 10_000);
    expect(errors[0]!.code).to.equal('bad-input');
    expect(other.state.status).to.equal('waiting');
    other.leave();
    other.secret = right;
    await other.join();
    await Promise.all([meets(one), meets(other)]);
  });

  it('is refused when it is empty or of another size', async () => {
    for (const secret of ['', new Uint8Array(16)]) {
      const call = await addCall({ room, signaling, secret });
      const error = await rejection(call.join(), 'bad-input');
      expect(error.message).to.contain('"secret"');
      expect(call.state.status).to.equal('idle');
    }
  });
});
