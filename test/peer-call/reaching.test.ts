import { expect } from '@open-wc/testing';
import '../../components/peer-call/define.js';
import type { MediaKitError } from '../../components/engine/errors.js';
import type { PeerCall } from '../../components/peer-call/peer-call.js';
import { nextEvent, until } from '../support/wait.js';
import { addCall, camera, connectedPair, newRoom, stop, withDevices } from './calls.js';

describe('<peer-call> and what lies below it', () => {
  afterEach(() => {
    for (const call of document.querySelectorAll('peer-call')) {
      stop(call.srcObject);
      call.leave();
      call.remove();
    }
  });

  const rejection = (promise: Promise<unknown>): Promise<MediaKitError> =>
    promise.then(
      () => expect.fail('it was not rejected'),
      (error: MediaKitError) => error,
    );

  const unclear = 'It is not clear "to" whom: name one of the ids in "peers".';

  it("gives the browser's own reports, of one and of all", async () => {
    const [one, two] = await connectedPair();
    const report = await one.getStats(two.localId);
    const all = await one.getStats();
    expect([...report.values()].some(({ type }: RTCStats) => type === 'candidate-pair')).to.equal(true);
    expect([...all.keys()]).to.deep.equal([two.localId]);
    expect((await rejection(one.getStats('nobody'))).code).to.equal('bad-input');
  });

  it('fires what its reports are rejected with', async () => {
    const call = await addCall();
    const fired = nextEvent<ErrorEvent>(call, 'error', 1000);
    const error = await rejection(call.getStats('nobody'));
    expect((await fired).error === error).to.equal(true);
  });

  it('opens raw data channels', async () => {
    const [one, two] = await connectedPair();
    const coming = nextEvent(two, 'datachannel');
    const channel = one.createDataChannel('notes', { ordered: false });
    const event = (await coming) as RTCDataChannelEvent & { peerId: string };
    expect(event.peerId).to.equal(one.localId);
    const message = nextEvent(event.channel, 'message');
    if (channel.readyState !== 'open') await nextEvent(channel, 'open');
    channel.send('hello');
    expect(((await message) as MessageEvent).data).to.equal('hello');
    expect([event.channel.label, event.channel.ordered]).to.deep.equal(['notes', false]);
    expect(() => one.createDataChannel('notes', { to: 'nobody' })).to.throw('nobody');
    expect(() => one.createDataChannel('rtc-elements')).to.throw('taken');
  });

  it('does not guess to whom a channel goes', async () => {
    const call = await addCall({ room: newRoom() });
    await call.join();
    expect(() => call.createDataChannel('notes')).to.throw(unclear);
  });

  it('asks a function for ICE servers, and says when it fails', async () => {
    let asked = 0;
    const call = await addCall({ room: newRoom(), iceServers: async () => (asked++, []) });
    await call.join();
    expect(asked).to.equal(1);
    call.leave();
    call.iceServers = () => Promise.reject(new Error('the desk is closed'));
    const error = await rejection(call.join());
    expect((error.cause as Error).message).to.equal('the desk is closed');
    expect(call.state.status).to.equal('idle');
  });

  it('gives no connection other ways than the policy allows', async () => {
    const [one, two] = await connectedPair({ iceTransportPolicy: 'all' });
    expect(one.getPeerConnection(two.localId)!.getConfiguration().iceTransportPolicy).to.equal('all');
    const relay = await addCall({ room: one.room, iceTransportPolicy: 'relay' });
    await relay.join();
    await until(() => relay.peers.length === 2, 'both are seen');
    expect(() => relay.createDataChannel('notes'), 'to which of both').to.throw(unclear);
    const { iceTransportPolicy } = relay.getPeerConnection(one.localId)!.getConfiguration();
    expect(iceTransportPolicy).to.equal('relay');
  });

  describe('without a server', () => {
    it('connects two by three texts', async () => {
      const one = await addCall({ srcObject: camera('#ff0000') });
      const two = await addCall({ srcObject: camera('#0000ff') });
      const invite = await one.createInvite();
      const reply = await two.acceptInvite(invite);
      await one.acceptReply(reply);
      await until(() => [one, two].every(({ state }) => state.status === 'connected'), 'both are connected');
      two.leave();
      await until(() => one.peers.length === 0, 'the other has left');
    });

    it('says what is wrong with a text, and stays usable', async () => {
      const call = await addCall();
      const errors: Event[] = [];
      call.addEventListener('error', (event) => errors.push(event));
      expect((await rejection(call.acceptInvite('hello'))).code).to.equal('bad-input');
      expect((await rejection(call.acceptReply('hello'))).code).to.equal('bad-input');
      expect(errors.length).to.equal(2);
      expect(call.state.status).to.equal('idle');
      expect((await call.createInvite()).length).to.be.above(10);
      await until(() => call.state.status === 'waiting', 'it waits for the other');
      call.leave();
      expect(call.state.status).to.equal('left');
    });

    it('makes one of two invites that are asked for at once', async () => {
      const call = await addCall();
      const made = await Promise.allSettled([call.createInvite(), call.createInvite()]);
      expect(made.some(({ status }) => status === 'fulfilled')).to.equal(true);
      await until(() => call.state.status === 'waiting', 'it waits for the other');
    });

    it('takes a secret that a framework has not got yet for none', async () => {
      const call = await addCall();
      Object.assign(call, { secret: undefined });
      expect((await call.createInvite()).length).to.be.above(10);
    });

    it('works after servers that were none', async () => {
      const call = await addCall({ iceServers: 'nonsense' });
      expect((await rejection(call.createInvite())).code).to.equal('bad-input');
      call.iceServers = '[]';
      expect((await call.createInvite()).length).to.be.above(10);
    });

    it('goes on with an invite while a wrong text is pasted', async () => {
      const call = await addCall();
      const inviting = call.createInvite();
      expect((await rejection(call.acceptReply('hello'))).code).to.equal('bad-input');
      expect((await inviting).length).to.be.above(10);
    });

    it('does not ask for the reply of a call that could not be joined', async () => {
      const [one, two] = [await addCall(), await addCall({ audio: true })];
      const invite = await one.createInvite();
      const refuse = (): Promise<never> => Promise.reject(new DOMException('no', 'NotAllowedError'));
      await withDevices('getUserMedia', refuse, async () => {
        await two.acceptInvite(invite);
        await until(() => two.state.status === 'idle', 'refused');
      });
      expect((await rejection(two.acceptInvite(invite))).message).to.include('in a call that is over');
    });

    it('makes another invite as soon as the other has left', async () => {
      const [one, two] = [await addCall(), await addCall()];
      await one.acceptReply(await two.acceptInvite(await one.createInvite()));
      await until(() => [one, two].every(({ state }) => state.status === 'connected'), 'connected');
      const next = new Promise<string>((resolve, reject) => {
        one.addEventListener('peer-leave', () => one.createInvite().then(resolve, reject));
      });
      two.leave();
      const three = await addCall();
      await one.acceptReply(await three.acceptInvite(await next));
      await until(() => [one, three].every(({ peers }) => peers.length === 1), 'connected again');
      expect(one.peers[0]!.id).to.equal(three.localId);
    });

    it('knows a text that was used, also after leaving', async () => {
      const [one, two] = [await addCall(), await addCall()];
      const invite = await one.createInvite();
      await two.acceptInvite(invite);
      await until(() => [one, two].every(({ state }) => state.status === 'waiting'), 'both wait');
      one.leave();
      two.leave();
      for (const call of [one, two]) {
        expect((await rejection(call.acceptInvite(invite))).code).to.equal('bad-input');
        expect(call.state.status).to.equal('left');
      }
    });

    it('does not join with a server while an invite is being made', async () => {
      const call = await addCall({ room: newRoom() });
      const inviting = call.createInvite();
      const error = await rejection(call.join());
      expect([error.code, error.message.includes('leave()')]).to.deep.equal(['bad-input', true]);
      expect((await inviting).length, 'the invite is made').to.be.above(10);
      await until(() => call.state.status === 'waiting', 'it waits for the other');
      await call.join();
      call.leave();
      await call.join();
      expect(call.state.status, 'with the server').to.equal('waiting');
    });

    it('makes no invite for a call that was left meanwhile', async () => {
      const call = await addCall();
      const inviting = rejection(call.createInvite());
      call.leave();
      expect((await inviting).code).to.equal('aborted');
      expect(call.state.status).to.equal('idle');
    });

    it('does not come back with a page that was kept aside: its invite is void', async () => {
      const call = await addCall();
      await call.createInvite();
      await until(() => call.state.status === 'waiting', 'it waits for the other');
      dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
      expect(call.state.status).to.equal('left');
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      expect(call.state.status).to.equal('left');
    });

    it('does not mix with a call that has a server', async () => {
      const call = await addCall({ room: newRoom() });
      await call.join();
      const error = await rejection(call.createInvite());
      expect([error.code, error.message.includes('leave()')]).to.deep.equal(['bad-input', true]);
      expect(call.state.status).to.equal('waiting');
    });
  });

  it('switches its own camera off while it is muted, and on again', async () => {
    const [one, two] = await connectedPair({ srcObject: null, video: true });
    const video = await until(() => one.localStream?.getVideoTracks()[0], 'the camera');
    one.toggleVideo(false);
    expect([one.state.video, video.readyState]).to.deep.equal([false, 'live']);
    await until(() => video.readyState === 'ended', 'the hardware is off');
    expect(one.state.status).to.equal('connected');
    let negotiations = 0;
    one.addEventListener('negotiationneeded', () => negotiations++);
    one.toggleVideo();
    await until(() => two.peers[0]?.video, 'it is on again');
    expect(one.localStream!.getVideoTracks()[0]!.readyState).to.equal('live');
    expect(negotiations).to.equal(0);
  });

  describe('before joining', () => {
    const live = (call: PeerCall): string[] =>
      (call.localStream?.getTracks() ?? [])
        .filter(({ readyState }) => readyState === 'live')
        .map(({ kind }) => kind);

    it('captures for the lobby and joins with the same devices', async () => {
      const call = await addCall({ room: newRoom(), video: true, lobby: true, autojoin: true });
      await until(() => live(call).length === 1, 'the preview');
      expect(call.state.status).to.equal('idle');
      const [track] = call.localStream!.getTracks();
      await call.join();
      expect(call.localStream!.getTracks()[0] === track).to.equal(true);
      call.leave();
      expect(track!.readyState).to.equal('ended');
    });

    it('gives the devices back when it is taken away', async () => {
      const call = await addCall({ room: newRoom(), video: true, lobby: true });
      await until(() => live(call).length === 1, 'the preview');
      const [track] = call.localStream!.getTracks();
      call.remove();
      await until(() => track!.readyState === 'ended', 'the device is given back');
      document.body.append(call);
      await until(() => live(call).length === 1, 'the preview again');
    });
  });
});
