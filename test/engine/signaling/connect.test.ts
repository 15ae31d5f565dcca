import { expect } from '@open-wc/testing';
import { MediaKitError } from '../../../components/engine/errors.js';
import { signalingFor, type SignalingGiven } from '../../../components/engine/signaling/connect.js';
import type { Signaling } from '../../../components/engine/signaling/signaling.js';
import { bytes, Ear, freshRoom, rejection } from '../../support/signaling-contract.js';
import { until } from '../../support/wait.js';

const socketUrl = (path: string): string => new URL(path, location.href).href.replace(/^http/, 'ws');

describe('signalingFor', () => {
  /** Two ends reach each other through what was given. */
  const connects = async (one: SignalingGiven, other = one): Promise<void> => {
    const room = freshRoom();
    const ear = new Ear();
    const ann = await signalingFor(one).open({ room, peer: 'ann' }, ear);
    const bob = await signalingFor(other).open({ room, peer: 'bob' }, new Ear());
    bob.announce(bytes('Bob'));
    await until(() => ear.present.has('bob'), 'bob');
    ann.close();
    bob.close();
  };

  it('takes broadcast: with and without a name', async () => {
    await connects('broadcast:');
    await connects('broadcast:a name/of any kind', 'BROADCAST:a name/of any kind');
    const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
    expect(
      loaded.some((path) => path.includes('/signaling/broadcast')),
      'a file that is loaded',
    ).to.equal(true);
    expect(
      loaded.filter((path) => path.includes('/signaling/mqtt')),
      'the MQTT client waits',
    ).to.deep.equal([]);
  });

  it('takes the address of a broker, a path, and a list', async () => {
    await connects(socketUrl('/mqtt/connect'), '/mqtt/connect');
    await connects([socketUrl('/mqtt/connect'), '/mqtt/connect#fragment']);
  });

  it('asks a function at each opening', async () => {
    let asked = 0;
    const given = (): Promise<string> => {
      asked++;
      return Promise.resolve('/mqtt/connect');
    };
    await connects(given);
    expect(asked).to.equal(2);
    await connects(() => 'broadcast:');
  });

  it('returns an object of the page as it is', () => {
    const own: Signaling = { open: () => Promise.reject(new Error('unused')) };
    expect(signalingFor(own) === own).to.equal(true);
  });

  it('refuses everything else, naming what it accepts', async () => {
    const wrong = [
      '',
      ' ',
      'nonsense',
      'http://host/mqtt',
      'https://host',
      'javascript:alert(1)',
      'ws:',
      'ws://',
      'wss:///',
    ];
    const others: unknown[] = [
      [],
      ['broadcast:', 'ws://host'],
      ['http://host'],
      [7],
      {},
      null,
      undefined,
      7,
      { open: 1 },
    ];
    for (const given of [...wrong, ...others] as SignalingGiven[]) {
      let thrown: unknown;
      try {
        signalingFor(given);
      } catch (error) {
        thrown = error;
      }
      expect(thrown instanceof MediaKitError && thrown.code === 'bad-input', JSON.stringify(given)).to.equal(
        true,
      );
      expect((thrown as Error).message).to.contain('broadcast:');
    }
    await rejection(signalingFor(() => 'http://host').open({ room: 'r', peer: 'p' }, new Ear()), 'bad-input');
  });

  it('says when the function fails, and does not wait for it once aborted', async () => {
    const reason = new Error('no session');
    const failing = [
      () => Promise.reject(reason),
      () => {
        throw reason;
      },
    ];
    for (const given of failing) {
      const error = await rejection(
        signalingFor(given).open({ room: 'r', peer: 'p' }, new Ear()),
        'signaling-unreachable',
      );
      expect(error.cause === reason).to.equal(true);
    }
    const controller = new AbortController();
    const never = signalingFor(() => new Promise(() => undefined));
    const opening = never.open({ room: 'r', peer: 'p' }, new Ear(), controller.signal);
    controller.abort();
    await rejection(opening, 'aborted');
  });
});
