import { expect } from '@open-wc/testing';
import type { Signaling } from '../../../components/engine/signaling/signaling.js';
import { WebSocketSignaling as Example } from '../../../examples/websocket-signaling.js';
import { bytes, Ear, freshRoom, rejection, signalingContract } from '../../support/signaling-contract.js';
import { until } from '../../support/wait.js';

const WebSocketSignaling = Example as unknown as new (url: string) => Signaling;

/** The runner's relay of this name. */
const urlOf = (relay: string): string =>
  new URL(`/relay/${relay}`, location.href).href.replace(/^http/, 'ws');

describe('the WebSocket example', () => {
  signalingContract(() => new WebSocketSignaling(urlOf('contract')));

  it('comes back with its presence after its connection was cut', async () => {
    const [relay, room] = [freshRoom(), freshRoom()];
    const [annHears, bobHears, cidHears] = [new Ear(), new Ear(), new Ear()];
    const signaling = new WebSocketSignaling(urlOf(relay));
    const ann = await signaling.open({ room, peer: 'ann' }, annHears);
    const bob = await signaling.open({ room, peer: 'bob' }, bobHears);
    ann.announce(bytes('Ann'));
    bob.announce(bytes('Bob'));
    await until(() => annHears.present.size === 2 && bobHears.present.size === 2, 'both');
    await fetch(`/relay/${relay}?do=drop`, { method: 'POST' });
    await until(() => annHears.reach.at(-1) === true && bobHears.reach.at(-1) === true, 'there again');
    expect([annHears.reach[0], bobHears.reach[0]]).to.deep.equal([false, false]);
    const cid = await signaling.open({ room, peer: 'cid' }, cidHears);
    await until(() => cidHears.present.size === 2, 'presences again');
    ann.send('bob', bytes('after'));
    await until(() => bobHears.messages.includes('ann: after'), 'messages flow');
    for (const channel of [ann, bob, cid]) channel.close();
    expect([...annHears.errors, ...bobHears.errors]).to.deep.equal([]);
  });

  it('says that nobody answers, and that somebody else has come under the same name', async () => {
    const opening = new WebSocketSignaling('ws://127.0.0.1:1').open({ room: 'r', peer: 'ann' }, new Ear());
    await rejection(opening, 'signaling-unreachable');
    const [room, ear] = [freshRoom(), new Ear()];
    const signaling = new WebSocketSignaling(urlOf('twice'));
    await signaling.open({ room, peer: 'ann' }, ear);
    const younger = await signaling.open({ room, peer: 'ann' }, new Ear());
    await until(() => ear.errors.length, 'the end');
    expect(ear.errors.map(({ code }) => code)).to.deep.equal(['signaling-refused']);
    younger.close();
  });

  it('stays an example', async () => {
    const source = await (await fetch('/examples/websocket-signaling.js')).text();
    expect(source.trim().split('\n').length).to.be.lessThan(60);
  });
});
