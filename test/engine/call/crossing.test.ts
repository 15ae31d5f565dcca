import { expect } from '@open-wc/testing';
import { framesShown, play } from '../../support/media.js';
import { until } from '../../support/wait.js';
import { joinAll, type Member, nameOf, pair, picture, tone, Wire } from './support.js';

describe('changes of both sides', () => {
  const borrowed: { stop(): void }[] = [];
  const lend = <T extends { stop(): void }>(stream: T): T => {
    borrowed.push(stream);
    return stream;
  };
  let wire: Wire;
  let one: Member;
  let other: Member;
  let connections: readonly [RTCPeerConnection, RTCPeerConnection];

  /** Holds what the first one offers from now on until the other wants something, too. */
  const cross = (): void => {
    const [connection, its] = connections;
    let asked = false;
    wire.alter = (frame) => {
      asked ||= frame.t === 'renegotiate';
      return frame;
    };
    const describe = connection.setLocalDescription.bind(connection);
    connection.setLocalDescription = async () => {
      await describe();
      await until(() => asked || its.signalingState !== 'stable', 'the other wants something');
    };
  };
  const stable = (): Promise<boolean> =>
    until(() => connections.every(({ signalingState }) => signalingState === 'stable'), 'stable');
  /** The first one shows its camera, and a second round is over: from then on both sides make offers. */
  const settle = async (): Promise<void> => {
    one.room.setStream(lend(picture('red')));
    await joinAll([one, other], { signaling: wire });
    expect(nameOf(await other.sees(one))).to.equal('red');
    one.room.setScreen(lend(picture('green')));
    expect(nameOf(await other.sees(one, 'screen'))).to.equal('green');
    connections = [one.room.getPeerConnection(other.id)!, other.room.getPeerConnection(one.id)!];
    await stable();
  };

  beforeEach(() => {
    [one, other] = pair();
    wire = new Wire();
  });
  afterEach(() => {
    for (const { room } of [one, other]) room.release();
    for (const stream of borrowed.splice(0)) stream.stop();
    document.querySelectorAll('video').forEach((video) => video.remove());
  });

  it('may cross from the first on, and each still sees the other', async () => {
    const [red, blue, sound] = [lend(picture('red')), lend(picture('blue')), lend(tone())];
    one.room.setStream(red);
    other.room.setStream(blue);
    await joinAll([one, other]);
    await Promise.all([one.connected(other), other.connected(one)]);
    await one.sees(other);
    await other.sees(one);
    one.room.setStream(new MediaStream([...red.getTracks(), ...sound.getTracks()]));
    other.room.setStream(new MediaStream([...blue.getTracks(), ...sound.getTracks()]));
    const hears = (here: Member, there: Member): boolean =>
      here.peer(there)!.stream!.getAudioTracks().length > 0;
    await until(() => hears(one, other) && hears(other, one), 'both sounds');
    expect(nameOf(await one.sees(other))).to.equal('blue');
    expect(nameOf(await other.sees(one))).to.equal('red');
  });

  it('may cross where the other begins to send, and it goes on seeing the first', async () => {
    await settle();
    const video = await play(other.peer(one)!.stream!);
    cross();
    one.room.setScreen(null);
    other.room.setStream(lend(picture('blue')));
    other.room.setScreen(lend(picture('green')));
    expect(nameOf(await one.sees(other))).to.equal('blue');
    expect(nameOf(await one.sees(other, 'screen'))).to.equal('green');
    await framesShown(video);
    expect(nameOf(await other.sees(one))).to.equal('red');
    await stable();
  });

  it('may cross where the other begins to send what no offer had a place for before, and it goes on seeing the first', async () => {
    let place: RTCRtpTransceiver | undefined;
    let answers = 0;
    other.made = (connection) =>
      connection.addEventListener('signalingstatechange', () => {
        place ??= connection.addTransceiver('video');
        // It was to send in both answers so far, and is not to in the offer that follows.
        if (connection.signalingState === 'stable' && ++answers === 2) place.direction = 'recvonly';
      });
    await joinAll([one, other], { signaling: wire });
    const { mid, receiver } = await until(() => place?.currentDirection && place, 'a place for it');
    connections = [one.room.getPeerConnection(other.id)!, other.room.getPeerConnection(one.id)!];
    const its = connections[0].getTransceivers().find((each) => each.mid === mid)!;
    its.direction = 'sendrecv';
    await its.sender.replaceTrack(lend(picture('red')).getTracks()[0]!);
    const video = await play(new MediaStream([receiver.track]));
    await framesShown(video);
    await stable();
    cross();
    one.room.setScreen(lend(picture('green')));
    place!.direction = 'sendrecv';
    await until(() => place!.currentDirection === 'sendrecv', 'it sends');
    expect(nameOf(await other.sees(one, 'screen'))).to.equal('green');
    await framesShown(video);
    await stable();
  });

  it('may cross where the other says its first word, and it is heard', async () => {
    await settle();
    cross();
    one.room.setScreen(null);
    await other.room.send('first');
    expect(one.count('message')).to.equal(1);
    await stable();
  });

  it('may cross where one of them restarts ICE', async () => {
    await settle();
    cross();
    connections[0].restartIce();
    other.room.setScreen(lend(picture('green')));
    expect(nameOf(await one.sees(other, 'screen'))).to.equal('green');
    expect(nameOf(await other.sees(one))).to.equal('red');
    await stable();
  });

  it('does not hold candidates back while the answer to their offer is made', async () => {
    let added = false;
    other.made = (connection) => {
      const add = connection.addIceCandidate.bind(connection);
      const describe = connection.setLocalDescription.bind(connection);
      connection.addIceCandidate = (candidate?: RTCIceCandidateInit | null) => {
        added = true;
        return add(candidate);
      };
      connection.setLocalDescription = async () => {
        await until(() => added, 'a candidate');
        await describe();
      };
    };
    one.room.setStream(lend(picture('red')));
    await joinAll([one, other], { signaling: wire });
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect([one, other].flatMap(({ errors, state }) => [errors.length, state.ignored])).to.deep.equal([
      0, 0, 0, 0,
    ]);
  });
});
