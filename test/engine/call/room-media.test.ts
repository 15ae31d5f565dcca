import { expect } from '@open-wc/testing';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { pixel, play, soundAbove } from '../../support/media.js';
import { until } from '../../support/wait.js';
import type { Member, MemberOptions } from './support.js';
import { joinAll, loseable, nameOf, pair, picture, tone } from './support.js';

describe('Room: media', () => {
  const members: Member[] = [];
  const borrowed: (MediaStream & { stop(): void })[] = [];
  const two = (options?: MemberOptions): [Member, Member] => {
    const both = pair(options);
    members.push(...both);
    return both;
  };
  const draw = (color: string) => {
    const stream = picture(color);
    borrowed.push(stream);
    return stream;
  };
  const sound = () => {
    const stream = tone();
    borrowed.push(stream);
    return stream;
  };
  const drawOnce = async (): Promise<MediaStream> => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
    const context = canvas.getContext('2d')!;
    const stream = canvas.captureStream();
    borrowed.push(Object.assign(stream, { stop: () => stream.getTracks().forEach((track) => track.stop()) }));
    context.fillStyle = 'red';
    context.fillRect(0, 0, 320, 180);
    (await play(stream)).remove();
    return stream;
  };
  const seesStill = async (one: Member, other: Member): Promise<HTMLVideoElement> => {
    const video = await play(await until(() => one.peer(other)?.stream, 'a stream'));
    expect(nameOf(pixel(video, 0.5, 0.5))).to.equal('red');
    return video;
  };
  const settled = async (one: Member, other: Member): Promise<void> => {
    await one.connected(other);
    await other.connected(one);
  };
  const offers = (...some: Member[]): number[] => some.map((member) => member.offers);

  afterEach(() => {
    for (const { room } of members) {
      room.release();
      expect(room.store.snapshot.ignored, 'ignored messages').to.equal(0);
    }
    for (const { open, clock, events } of members) {
      expect(open, 'open connections').to.equal(0);
      expect(clock.pending, 'waiting timers').to.equal(0);
      expect(events.filter(({ type }) => type === 'error').length, 'errors').to.equal(0);
    }
    for (const stream of borrowed) stream.stop();
    document.querySelectorAll('video').forEach((video) => video.remove());
    members.length = 0;
    borrowed.length = 0;
  });

  it('mutes and unmutes without negotiating and without touching the tracks', async () => {
    const [one, other] = two();
    const stream = new MediaStream([...draw('red').getTracks(), ...sound().getTracks()]);
    one.room.setStream(stream);
    await joinAll([one, other]);
    await settled(one, other);
    expect([one.state.audio, one.state.video]).to.deep.equal([true, true]);
    const remote = other.peer(one)!.stream;
    one.room.setVideo(false);
    one.room.setAudio(false);
    expect([one.state.audio, one.state.video]).to.deep.equal([false, false]);
    await until(() => !other.peer(one)!.video && !other.peer(one)!.audio, 'told');
    expect(stream.getTracks().every(({ enabled, readyState }) => enabled && readyState === 'live')).to.equal(
      true,
    );
    one.room.setVideo(true);
    one.room.setAudio(true);
    await until(() => other.peer(one)!.video && other.peer(one)!.audio, 'told');
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect(await soundAbove(other.peer(one)!.stream!)).to.be.above(0);
    expect(other.peer(one)!.stream === remote, 'the same stream object').to.equal(true);
    expect(offers(one, other)).to.deep.equal([1, 0]);
  });

  it('takes the camera back whose hardware was off while it was muted, without negotiating', async () => {
    const [one, other] = two();
    const camera = draw('red');
    const stream = new MediaStream([...camera.getTracks(), ...sound().getTracks()]);
    one.room.setStream(stream);
    await joinAll([one, other]);
    await settled(one, other);
    expect(nameOf(await other.sees(one))).to.equal('red');
    const remote = other.peer(one)!.stream!;
    one.room.setVideo(false);
    camera.stop();
    one.room.setAudio(false);
    one.room.setAudio(true);
    await until(() => !other.peer(one)!.video && other.peer(one)!.audio, 'told');
    stream.removeTrack(camera.getTracks()[0]!);
    stream.addTrack(draw('blue').getTracks()[0]!);
    one.room.setStream(stream);
    expect(one.state.video).to.equal(false);
    one.room.setVideo(true);
    expect(one.state.video).to.equal(true);
    await until(async () => nameOf(await other.sees(one)) === 'blue', 'the camera again');
    expect(remote.getTracks().length).to.equal(2);
    expect(offers(one, other)).to.deep.equal([1, 0]);
  });

  it('joins muted, on either side, and starts sending without a further offer', async () => {
    const [one, other] = two();
    one.room.setStream(draw('red'));
    other.room.setStream(draw('blue'));
    one.room.setVideo(false);
    other.room.setVideo(false);
    await joinAll([one, other]);
    await settled(one, other);
    expect([one.peer(other)!.video, other.peer(one)!.video]).to.deep.equal([false, false]);
    one.room.setVideo(true);
    other.room.setVideo(true);
    expect(nameOf(await one.sees(other))).to.equal('blue');
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect(offers(one, other)).to.deep.equal([1, 0]);
  });

  for (const who of ['the first offerer', 'the other', 'both at once'] as const) {
    it(`takes video into a call of sound alone, from ${who}`, async () => {
      const [one, other] = two();
      const [a, b] = [sound(), sound()];
      one.room.setStream(a);
      other.room.setStream(b);
      await joinAll([one, other]);
      await settled(one, other);
      const [before] = [one.peer(other)!.stream];
      if (who !== 'the other')
        one.room.setStream(new MediaStream([...a.getTracks(), ...draw('red').getTracks()]));
      if (who !== 'the first offerer') {
        other.room.setStream(new MediaStream([...b.getTracks(), ...draw('blue').getTracks()]));
      }
      if (who !== 'the other') expect(nameOf(await other.sees(one))).to.equal('red');
      if (who !== 'the first offerer') expect(nameOf(await one.sees(other))).to.equal('blue');
      expect(await soundAbove(one.peer(other)!.stream!)).to.be.above(0);
      expect(one.peer(other)!.stream === before, 'the same stream object').to.equal(true);
      await until(() => [one, other].every((each) => each.connections.at(-1)!.signalingState === 'stable'));
      expect(one.offers + other.offers).to.be.within(2, 4);
    });
  }

  it('survives both adding and removing at once, many times', async function () {
    this.timeout(60_000);
    const [one, other] = two();
    const [a, b] = [draw('red'), draw('blue')];
    await joinAll([one, other]);
    await settled(one, other);
    for (let round = 0; round < 8; round++) {
      one.room.setStream(round % 2 ? null : a);
      other.room.setStream(round % 3 ? null : b);
      one.room.setScreen(round % 3 ? a : null);
      if (round % 4 === 3) await new Promise((resolve) => setTimeout(resolve));
      other.room.setScreen(round % 2 ? b : null);
    }
    one.room.setStream(a);
    other.room.setStream(b);
    expect(nameOf(await one.sees(other))).to.equal('blue');
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect(nameOf(await one.sees(other, 'screen'))).to.equal('blue');
    expect(nameOf(await other.sees(one, 'screen'))).to.equal('red');
  });

  it('shows a picture that is drawn once, when the connection is looked at for the first time', async () => {
    const [one, other] = two({ speed: 1 / 10 });
    one.room.setStream(await drawOnce());
    await joinAll([one, other]);
    await seesStill(other, one);
  });

  it('sends a picture that is drawn once again and again', async function () {
    // Firefox gives no way to have it sent again.
    if (!('MediaStreamTrackProcessor' in globalThis)) this.skip();
    const [one, other] = two({ speed: 4 });
    one.room.setStream(await drawOnce());
    await joinAll([one, other]);
    const video = await seesStill(other, one);
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    await until(() => video.getVideoPlaybackQuality().totalVideoFrames > totalVideoFrames, 'one more');
  });

  it('takes another source without negotiating, and lets one go', async () => {
    const [one, other] = two();
    one.room.setStream(draw('red'));
    await joinAll([one, other]);
    await settled(one, other);
    expect(nameOf(await other.sees(one))).to.equal('red');
    one.room.setStream(draw('blue'));
    await until(async () => nameOf(await other.sees(one)) === 'blue', 'the other source');
    expect(offers(one, other)).to.deep.equal([1, 0]);
    one.room.setStream(null);
    await until(() => other.peer(one)!.stream === null, 'gone');
    expect(one.state.localStream === null).to.equal(true);
    expect([one.state.video, other.peer(one)!.video]).to.deep.equal([false, false]);
    one.room.setStream(draw('red'));
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect(one.offers).to.equal(3);
  });

  it('tells of a sound that goes away', async () => {
    const [one, other] = two();
    const [red, tune] = [draw('red'), sound()];
    one.room.setStream(new MediaStream([...red.getTracks(), ...tune.getTracks()]));
    await joinAll([one, other]);
    await settled(one, other);
    await until(() => other.peer(one)!.stream?.getTracks().length === 2, 'both');
    const told: number[] = [];
    other.room.store.subscribe(({ peers }) => told.push(peers[0]?.stream?.getTracks().length ?? 0));
    const changes = other.count('peer-change');
    one.room.setStream(red);
    await until(() => told.at(-1) === 1, 'told');
    expect(other.count('peer-change')).to.be.above(changes + 1);
  });

  it('takes another source while it is connecting', async () => {
    const [one, other] = two();
    one.room.setStream(draw('red'));
    const joining = joinAll([one, other]);
    await until(() => one.connections.length > 0);
    one.room.setStream(null);
    one.room.setStream(draw('blue'));
    await joining;
    one.room.setStream(draw('green'));
    other.room.setStream(draw('red'));
    await until(async () => nameOf(await other.sees(one)) === 'green', 'the last source');
    expect(nameOf(await one.sees(other))).to.equal('red');
  });

  it('shares a screen beside the camera, from either side and from both', async () => {
    const [one, other] = two();
    one.room.setStream(draw('red'));
    other.room.setStream(draw('red'));
    await joinAll([one, other]);
    await settled(one, other);
    const camera = one.peer(other)!.stream!;
    other.room.setScreen(draw('blue'));
    expect(nameOf(await one.sees(other, 'screen'))).to.equal('blue');
    expect(nameOf(await one.sees(other))).to.equal('red');
    one.room.setScreen(draw('green'));
    expect(nameOf(await other.sees(one, 'screen'))).to.equal('green');
    expect(camera.getVideoTracks().length).to.equal(1);
    other.room.setScreen(null);
    await until(() => one.peer(other)!.screen === null, 'the screen is gone');
    expect(camera.getVideoTracks().length, 'the screen is no camera afterwards').to.equal(1);
    other.room.setScreen(draw('green'));
    expect(nameOf(await one.sees(other, 'screen'))).to.equal('green');
    expect(nameOf(await one.sees(other))).to.equal('red');
    expect(one.peer(other)!.stream === camera, 'the same camera stream').to.equal(true);
    expect(one.state.localScreen !== null).to.equal(true);
  });

  it('shows the screen, with its sound, to one who comes while it is shared', async () => {
    const [one, other] = two();
    const sounding = () => new MediaStream([...draw('blue').getTracks(), ...sound().getTracks()]);
    one.room.setScreen(sounding());
    other.room.setScreen(sounding());
    await joinAll([one, other]);
    for (const [self, peer] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(nameOf(await self.sees(peer, 'screen'))).to.equal('blue');
      expect(self.peer(peer)!.stream === null).to.equal(true);
      await until(() => self.peer(peer)!.screen!.getAudioTracks().length === 1, 'its sound');
      expect(await soundAbove(self.peer(peer)!.screen!)).to.be.above(0);
    }
  });

  it('stops sharing when the screen ends by itself', async () => {
    const [one, other] = two();
    const screen = await loseable(draw('blue'));
    one.room.setScreen(screen);
    await joinAll([one, other]);
    expect(nameOf(await other.sees(one, 'screen'))).to.equal('blue');
    await screen.end();
    expect(one.state.localScreen === null).to.equal(true);
    await until(() => other.peer(one)!.screen === null, 'the screen is gone');
  });

  it('says that a track has ended, and keeps its place for another', async () => {
    const [one, other] = two();
    const camera = await loseable(draw('red'));
    const stream = new MediaStream([...camera.getTracks(), ...sound().getTracks()]);
    one.room.setStream(stream);
    await joinAll([one, other]);
    await settled(one, other);
    await camera.end();
    expect([one.state.audio, one.state.video]).to.deep.equal([true, false]);
    await until(() => !other.peer(one)!.video, 'no picture any longer');
    const [place] = other.peer(one)!.stream!.getVideoTracks();
    stream.removeTrack(camera.getTracks()[0]!);
    stream.addTrack(draw('blue').getTracks()[0]!);
    one.room.setStream(stream);
    await until(() => other.peer(one)!.video, 'the new camera');
    expect(other.peer(one)!.stream!.getVideoTracks()[0] === place).to.equal(true);
    await until(async () => nameOf(await other.sees(one)) === 'blue', 'its picture');
    expect(await soundAbove(other.peer(one)!.stream!)).to.be.above(0);
  });

  it('replaces one track', async () => {
    const [one, other] = two();
    const [red, blue] = [draw('red'), draw('blue')];
    const [old, next] = [red.getTracks()[0]!, blue.getTracks()[0]!];
    one.room.setStream(red);
    await joinAll([one, other]);
    await settled(one, other);
    await one.room.replaceTrack(old, next);
    await until(async () => nameOf(await other.sees(one)) === 'blue', 'the other track');
    expect(one.state.localStream!.getTracks()[0] === next).to.equal(true);
    expect(
      red.getTracks()[0] === old && old.readyState === 'live',
      'the borrowed stream is as it was',
    ).to.equal(true);
    expect(offers(one, other)).to.deep.equal([1, 0]);
    for (const wrong of [old, sound().getTracks()[0]!]) {
      const error = await one.room.replaceTrack(wrong, old).catch((thrown: MediaKitError) => thrown);
      expect((error as MediaKitError).code).to.equal('bad-input');
    }
  });

  for (const [what, end] of [
    ['we leave', (one: Member) => one.room.leave()],
    ['the page closes the connection', (one: Member) => one.connections[0]!.close()],
  ] as const) {
    it(`has replaced a track also when ${what} meanwhile`, async () => {
      const [one, other] = two();
      const red = draw('red');
      one.room.setStream(red);
      await joinAll([one, other]);
      await settled(one, other);
      const replaced = one.room.replaceTrack(red.getTracks()[0]!, draw('blue').getTracks()[0]!);
      end(one);
      await replaced;
    });
  }

  it('restarts ICE from either side, each time with one offer of the first offerer', async () => {
    const [one, other] = two();
    one.room.setStream(draw('red'));
    await joinAll([one, other]);
    await settled(one, other);
    const name = (): string | undefined =>
      /a=ice-ufrag:(\S+)/.exec(other.connections.at(-1)!.remoteDescription?.sdp ?? '')?.[1];
    for (const [round, room] of [one.room, other.room].entries()) {
      const before = name();
      const begun = one.clock.now();
      room.restartIce(round ? undefined : other.id);
      await until(() => name() !== before, 'new credentials');
      await until(() => [one, other].every((each) => each.connections.at(-1)!.signalingState === 'stable'));
      await settled(one, other);
      expect(offers(one, other)).to.deep.equal([round + 2, 0]);
      expect(nameOf(await other.sees(one))).to.equal('red');
      // What is asked for sooner counts as the same.
      await until(() => one.clock.now() - begun > 2000);
    }
  });
});
