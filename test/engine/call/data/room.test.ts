import { expect } from '@open-wc/testing';
import { FileEvent, PeerMessageEvent } from '../../../../components/engine/call/data/events.js';
import { LABEL } from '../../../../components/engine/call/identifiers.js';
import type { Signaling } from '../../../../components/engine/signaling/signaling.js';
import { nextEvent, until } from '../../../support/wait.js';
import { joinAll, Member, pair, Wire } from '../support.js';
import { codeOf, fileOf, isSame } from './support.js';

const messages = (member: Member): unknown[] =>
  member.events.flatMap((event) => (event instanceof PeerMessageEvent ? [[event.from, event.data]] : []));

const files = (member: Member): File[] =>
  member.events.flatMap((event) => (event instanceof FileEvent ? event.file! : []));

const said = (message: unknown): unknown => (message as unknown[])[1];

describe('the data of a room', () => {
  let one: Member;
  let two: Member;
  let signaling: Signaling;
  beforeEach(async () => {
    [one, two] = pair();
    signaling = await joinAll([one, two]);
    await Promise.all([one.connected(two), two.connected(one)]);
  });
  afterEach(() => {
    one.room.release();
    two.room.release();
  });

  const hasChannel = (member: Member): boolean =>
    member.connections.some(({ localDescription }) => /m=application/.test(localDescription?.sdp ?? ''));

  it('has no channel before the first message, and none that the page hears of', async () => {
    expect([hasChannel(one), hasChannel(two)]).to.deep.equal([false, false]);
    await Promise.all([one.room.send('from one'), two.room.send('from two')]);
    expect([messages(one), messages(two)]).to.deep.equal([[[two.id, 'from two']], [[one.id, 'from one']]]);
    const file = fileOf(100_000);
    await two.room.sendFile(file, { to: one.id });
    const arrived = await until(() => one.events.find((event) => event instanceof FileEvent));
    expect(await isSame(arrived.file!, file)).to.equal(true);
    expect(one.count('datachannel') + two.count('datachannel')).to.equal(0);
  });

  it('goes to all, or to the one that is named and nobody else', async () => {
    const three = new Member();
    try {
      await joinAll([three], { signaling });
      await Promise.all([one, three].flatMap((member) => [member.connected(two), two.connected(member)]));
      const [all, apart] = [fileOf(300_000), fileOf(70_000)];
      await Promise.all([two.room.send('to all'), two.room.sendFile(all)]);
      await Promise.all([two.room.send('to one', { to: one.id }), two.room.sendFile(apart, { to: one.id })]);
      // What was meant for the other would have come before this.
      await two.room.send('the end');
      expect(messages(one).map(said)).to.deep.equal(['to all', 'to one', 'the end']);
      expect(messages(three).map(said)).to.deep.equal(['to all', 'the end']);
      expect([files(one), files(three)].map((list) => list.map(({ size }) => size))).to.deep.equal([
        [300_000, 70_000],
        [300_000],
      ]);
      expect(await isSame(files(one)[0]!, all)).to.equal(true);
      expect(await isSame(files(three)[0]!, all)).to.equal(true);
    } finally {
      three.room.release();
    }
  });

  it('goes on over a connection that had to be made anew', async () => {
    await one.room.send(0);
    const before = one.room.getPeerConnection(two.id)!;
    before.close();
    const sent = Array.from({ length: 20 }, (_, n) => one.room.send(n + 1));
    await Promise.all(sent);
    expect(one.room.getPeerConnection(two.id) === before).to.equal(false);
    expect(messages(two).map(said)).to.deep.equal([...sent.keys(), 20]);
  });

  /** Both allow each other so many bytes at once. */
  async function allow(bytes: number): Promise<void> {
    for (const { room } of [one, two]) room.release();
    [one, two] = pair();
    const wire = new Wire();
    wire.alter = (frame) => {
      const text = JSON.stringify(frame).replace(/a=max-message-size:\d+/g, `a=max-message-size:${bytes}`);
      return JSON.parse(text) as typeof frame;
    };
    await joinAll([one, two], { signaling: wire });
    await Promise.all([one.connected(two), two.connected(one)]);
  }

  it('is cut up no larger than the other allows', async () => {
    await allow(3000);
    const { send } = RTCDataChannel.prototype;
    let largest = 0;
    RTCDataChannel.prototype.send = function (this: RTCDataChannel, data: unknown) {
      largest = Math.max(largest, new Blob([data as BlobPart]).size);
      send.call(this, data as Uint8Array<ArrayBuffer>);
    };
    try {
      const long = 'ä€😀'.repeat(5000);
      const all = fileOf(100_001);
      await Promise.all([one.room.send(long), one.room.sendFile(all)]);
      expect(one.room.getPeerConnection(two.id)!.sctp!.maxMessageSize).to.equal(3000);
      expect(largest).to.equal(3000);
      expect(messages(two).map(said)[0] === long).to.equal(true);
      expect(await isSame(files(two)[0]!, all)).to.equal(true);
    } finally {
      RTCDataChannel.prototype.send = send;
    }
  });

  it('is not cut up for one that allows next to nothing at once', async () => {
    await allow(1);
    expect(await codeOf(one.room.send('x'))).to.equal('connection-failed');
    expect(one.room.getPeerConnection(two.id)!.sctp!.maxMessageSize).to.equal(1);
    expect(await codeOf(two.room.sendFile(fileOf(1)))).to.equal('connection-failed');
    expect([one.errors.length, two.errors.length], 'nobody was cut off for it').to.deep.equal([0, 0]);
  });

  it('is of the call alone', async () => {
    const { room } = one;
    expect(await codeOf(room.send('x', { to: 'nobody' }))).to.equal('bad-input');
    const waiting = codeOf(room.sendFile(fileOf(30_000_000), { to: two.id }));
    await until(() => two.count('file-progress') > 0);
    room.leave();
    expect(await waiting).to.equal('aborted');
    expect(await codeOf(room.send('x'))).to.equal('bad-input');
    expect(await codeOf(room.sendFile(fileOf(1)))).to.equal('bad-input');
  });

  it('names a member that sends what no kit sends, and goes on as a call', async () => {
    const channel = one.room
      .getPeerConnection(two.id)!
      .createDataChannel(LABEL, { protocol: 'messages x 0' });
    // Only then is there somebody who hears it.
    await Promise.all([nextEvent(channel, 'open'), nextEvent(channel, 'message')]);
    channel.send('nonsense');
    const error = await until(() => two.errors[0]);
    expect(error.message.includes(one.id) && error.code === 'connection-failed').to.equal(true);
    expect(await codeOf(two.room.send('x', { to: one.id }))).to.equal('connection-failed');
    expect(two.peer(one)?.status).to.equal('connected');
    expect(two.state.issues.length, 'nonsense is no flood').to.equal(0);
  });

  it('names a member that floods as an issue, too, until it leaves', async () => {
    const channel = one.room
      .getPeerConnection(two.id)!
      .createDataChannel(LABEL, { protocol: 'messages x 0' });
    await Promise.all([nextEvent(channel, 'open'), nextEvent(channel, 'message')]);
    // Never waiting for an acknowledgement, and faster than any machine is allowed to be.
    const issue = await until(() => {
      for (let n = 0; n < 5000 && channel.readyState === 'open'; n++) channel.send('1');
      return two.state.issues[0];
    }, 'an issue');
    expect([issue.name, issue.peerId]).to.deep.equal(['flooding', one.id]);
    expect(issue.message).to.contain('data');
    expect(two.errors[0]!.message).to.contain(one.id);
    expect(two.peer(one)?.status).to.equal('connected');
    one.room.leave();
    await until(() => two.state.issues.length === 0, 'over');
  });
});
