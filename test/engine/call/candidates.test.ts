import { expect } from '@open-wc/testing';
import { Candidates } from '../../../components/engine/call/candidates.js';
import { FakeClock } from './support.js';

describe('Candidates', () => {
  it('tell nothing and wait for nothing after their end, though they were held until then', () => {
    const clock = new FakeClock();
    const sent: (readonly RTCIceCandidate[])[] = [];
    const connection = {} as RTCPeerConnection;
    const candidates = new Candidates({ connection, clock, send: (list) => void sent.push(list) });
    candidates.hold();
    candidates.found({ candidate: 'candidate:1' } as RTCIceCandidate);
    candidates.close();
    // The description that they waited for is made after all.
    candidates.letGo();
    expect([sent.length, clock.pending]).to.deep.equal([0, 0]);
  });

  it('may still come for a connection that the page has closed', async () => {
    const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
    one.addTransceiver('audio');
    await one.setLocalDescription();
    await other.setRemoteDescription(one.localDescription!);
    for (const connection of [one, other]) connection.close();
    const candidates = new Candidates({ connection: other, clock: new FakeClock(), send: () => {} });
    const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host';
    expect(await candidates.add([{ candidate, sdpMid: '0' }, undefined]), 'of no use').to.equal(0);
  });
});
