import { expect } from '@open-wc/testing';
import { MediaKitError } from '../../../components/engine/errors.js';
import { MqttSignaling } from '../../../components/engine/signaling/mqtt.js';
import { bytes, Ear, freshRoom, rejection, signalingContract } from '../../support/signaling-contract.js';
import { until } from '../../support/wait.js';

/** The runner's broker of this name. */
const urlOf = (broker: string): string =>
  new URL(`/mqtt/${broker}`, location.href).href.replace(/^http/, 'ws');
const tell = (broker: string, what: 'drop' | 'stop' | 'start'): Promise<Response> =>
  fetch(`/mqtt/${broker}?do=${what}`, { method: 'POST' });

describe('MqttSignaling at a real broker', () => {
  signalingContract(() => new MqttSignaling([urlOf('contract')]));

  let broker: string;
  let room: string;

  beforeEach(() => {
    broker = freshRoom();
    room = freshRoom();
  });

  afterEach(() => tell(broker, 'stop'));

  const enter = async (peer: string, ear = new Ear()) => {
    const channel = await new MqttSignaling([urlOf(broker)]).open({ room, peer }, ear);
    return { channel, ear };
  };

  it('comes back with its presence and what was sent meanwhile after the broker was killed', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    ann.channel.announce(bytes('Ann'));
    bob.channel.announce(bytes('Bob'));
    await until(() => ann.ear.present.size === 2 && bob.ear.present.size === 2, 'both');
    await tell(broker, 'stop');
    await until(() => ann.ear.reach[0] === false && bob.ear.reach[0] === false, 'lost');
    ann.channel.send('bob', bytes('meanwhile'));
    bob.channel.announce(bytes('Bob, renamed'));
    await tell(broker, 'start');
    await until(() => ann.ear.reach.at(-1) === true && bob.ear.reach.at(-1) === true, 'there again');
    const cid = await enter('cid');
    await until(() => cid.ear.present.get('ann') === 'Ann', 'presence announced again');
    await until(() => cid.ear.present.get('bob') === 'Bob, renamed', 'the newest presence');
    // Whether it arrives depends on who was back first: here only that it does not break anything.
    ann.channel.send('bob', bytes('after'));
    await until(() => bob.ear.messages.includes('ann: after'), 'messages flow');
    for (const { channel } of [ann, bob, cid]) channel.close();
    expect([...ann.ear.errors, ...bob.ear.errors]).to.deep.equal([]);
  });

  it('puts its presence right after the will of a cut connection', async () => {
    const ann = await enter('ann');
    const bob = await enter('bob');
    ann.channel.announce(bytes('Ann'));
    await until(() => bob.ear.present.has('ann'), 'ann');
    await tell(broker, 'drop');
    await until(() => bob.ear.reach.at(-1) === true && ann.ear.reach.at(-1) === true, 'both are back');
    const cid = await enter('cid');
    await until(() => cid.ear.present.get('ann') === 'Ann', 'kept again');
    for (const { channel } of [ann, bob, cid]) channel.close();
  });

  it('withdraws the presence of one who vanished', async () => {
    const ann = await enter('ann');
    ann.channel.announce(bytes('Ann'));
    const sockets: WebSocket[] = [];
    class Watched extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    const bob = await new MqttSignaling([urlOf(broker)], { WebSocket: Watched }).open(
      { room, peer: 'bob' },
      new Ear(),
    );
    bob.announce(bytes('Bob'));
    await until(() => ann.ear.present.has('bob'), 'bob');
    // As a crash looks to the broker: the socket goes without DISCONNECT, and nobody comes back.
    sockets[0]!.onclose = null;
    sockets[0]!.close(1000);
    await until(() => ann.ear.gone.includes('bob'), 'gone', 2000);
    bob.close();
    ann.channel.close();
    expect(sockets.length).to.equal(1);
  });

  it('takes a prefix of topics, and no other text', () => {
    for (const prefix of ['', '#', 'a/b', 'a+']) {
      expect(() => new MqttSignaling([urlOf(broker)], { prefix }), prefix)
        .to.throw(MediaKitError, 'no prefix')
        .with.property('code', 'bad-input');
    }
  });

  it('makes room for one that comes with the same id, as a second tab with one token does', async () => {
    const [first, bob] = [await enter('ann'), await enter('bob')];
    first.channel.announce(bytes('the first'));
    await until(() => bob.ear.present.has('ann'), 'the first');
    const second = await enter('ann');
    second.channel.announce(bytes('the second'));
    await until(() => first.ear.errors.length, 'the first is told');
    const { code, message } = first.ear.errors[0]!;
    expect(code).to.equal('signaling-refused');
    expect(message).to.match(/same peer.*token/);
    await until(() => bob.ear.present.get('ann') === 'the second', 'the second');
    bob.channel.send('ann', bytes('hello'));
    await until(() => second.ear.messages.includes('bob: hello'), 'it is heard');
    // A page that is loaded anew leaves first.
    second.channel.close();
    const third = await enter('ann');
    third.channel.announce(bytes('the third'));
    await until(() => bob.ear.present.get('ann') === 'the third', 'the third');
    expect([...second.ear.errors, ...third.ear.errors, ...second.ear.reach].length).to.equal(0);
    for (const { channel } of [third, bob]) channel.close();
  });

  it('is unreachable, then reachable', async () => {
    await tell(broker, 'stop');
    const opening = enter('ann');
    setTimeout(() => void tell(broker, 'start'), 800);
    const { channel, ear } = await opening;
    expect(ear.reach, 'the first opening is no return').to.deep.equal([]);
    channel.close();
  });

  it('can be aborted while the broker is away', async () => {
    await tell(broker, 'stop');
    const controller = new AbortController();
    const opening = new MqttSignaling([urlOf(broker)]).open(
      { room, peer: 'ann' },
      new Ear(),
      controller.signal,
    );
    setTimeout(() => controller.abort(), 200);
    await rejection(opening, 'aborted');
  });

  it('tries the next address', async () => {
    await tell(`${broker}-dead`, 'stop');
    const ear = new Ear();
    const urls = [urlOf(`${broker}-dead`), 'ws://127.0.0.1:1/', urlOf(broker)];
    const channel = await new MqttSignaling(urls).open({ room, peer: 'ann' }, ear);
    channel.announce(bytes('Ann'));
    await until(() => ear.present.has('ann'), 'own presence');
    channel.close();
  });
});
