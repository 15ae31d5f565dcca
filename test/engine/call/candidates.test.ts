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
});
