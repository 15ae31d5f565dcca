import { expect } from '@open-wc/testing';
import { signalingFor, type SignalingGiven } from '../../../components/engine/signaling/connect.js';
import { MqttSignaling } from '../../../components/engine/signaling/mqtt.js';
import { sealed } from '../../../components/engine/signaling/sealed.js';
import type { Signaling } from '../../../components/engine/signaling/signaling.js';
import { Ear, freshRoom } from '../../support/signaling-contract.js';

/** Never connects. */
class NoSocket extends EventTarget {
  close(): void {}
}

const secret = new Uint8Array(32).fill(7);
const own = (url: string): Signaling =>
  new MqttSignaling([url], { WebSocket: NoSocket as unknown as typeof WebSocket });

describe('an address without a secret', () => {
  const { warn } = console;
  let warnings: string[];

  beforeEach(() => {
    warnings = [];
    console.warn = (words: string) => void warnings.push(words);
  });

  afterEach(() => {
    console.warn = warn;
  });

  /** Opens it until it would connect. */
  const open = async (signaling: Signaling): Promise<void> => {
    const controller = new AbortController();
    const opening = signaling.open({ room: freshRoom(), peer: 'ann' }, new Ear(), controller.signal);
    setTimeout(() => controller.abort(), 300);
    await opening.then(
      (channel) => channel.close(),
      () => {},
    );
  };

  // One page, and so one story.
  it('is warned of once, unless it leads no further than this machine', async () => {
    for (const url of [
      'ws://localhost:1/mqtt',
      'wss://LOCALHOST',
      'ws://app.localhost:1',
      'ws://127.0.0.1:1',
      'ws://127.8.9.1:1',
      'ws://[::1]:1',
    ])
      await open(own(url));
    await open(signalingFor('broadcast:'));
    await open(sealed(own('wss://broker.example/mqtt'), secret));
    await open(signalingFor(['wss://broker.example/mqtt'], undefined, secret));
    await open(signalingFor(() => 'wss://broker.example/mqtt', undefined, 'a passphrase'));
    expect(warnings).to.deep.equal([]);
    await open(signalingFor((() => ['ws://127.0.0.1:1', 'ws://localhost.example:1/mqtt']) as SignalingGiven));
    expect(warnings.length).to.equal(1);
    expect(warnings[0]).to.contain('"secret"');
    await open(own('ws://192.0.2.1/mqtt'));
    await open(signalingFor('wss://broker.example/mqtt'));
    expect(warnings.length).to.equal(1);
  });
});
