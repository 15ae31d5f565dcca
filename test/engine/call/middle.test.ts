import { expect } from '@open-wc/testing';
import { until } from '../../support/wait.js';
import { joinAll, nameOf, pair, picture, Wire, type WireFrame } from './support.js';

/** The body of a `desc` and of a `cands`. */
interface Said {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  readonly list: readonly RTCIceCandidateInit[];
}

/** Stands between two on a way that nobody seals: a connection to each of them, and what comes by one goes on by the other. */
class Middle {
  readonly #sides = new Map<string, RTCPeerConnection>();
  readonly #ready = new Map<string, string>();
  #work = Promise.resolve();

  /** What becomes of a frame: an offer or an answer is lost, and said again, until there is another in its place. */
  readonly alter = (frame: WireFrame, to: string, from: string): WireFrame | null => {
    if (frame.t !== 'desc' && frame.t !== 'cands') return frame;
    const said = frame.b as Said;
    const key = `${frame.k} ${frame.n}`;
    const isNew = !this.#ready.has(key);
    if (isNew) {
      this.#ready.set(key, '');
      this.#work = this.#work.then(async () => {
        this.#ready.set(key, frame.t === 'desc' ? await this.#answer(said, from, to) : 'heard');
        for (const candidate of said.list ?? []) await this.#sides.get(from)!.addIceCandidate(candidate);
      });
    }
    // Its own candidates are in its descriptions.
    if (frame.t === 'cands') return { ...frame, b: { ...said, list: [] } };
    const sdp = this.#ready.get(key);
    return sdp ? { ...frame, b: { ...said, sdp } } : null;
  };

  close(): void {
    for (const connection of this.#sides.values()) connection.close();
  }

  /** What the other one is told in place of this description. */
  async #answer({ type, sdp }: Said, from: string, to: string): Promise<string> {
    const [heard, told] = [this.#side(from), this.#side(to)];
    await heard.setRemoteDescription({ type, sdp });
    const direction = 'sendrecv';
    for (const [index, { receiver }] of heard.getTransceivers().entries()) {
      const { track } = receiver;
      const there =
        told.getTransceivers()[index] ??
        told.addTransceiver(track.kind, { direction, streams: [new MediaStream()] });
      there.direction = direction;
      await there.sender.replaceTrack(track);
    }
    await told.setLocalDescription();
    await until(() => told.iceGatheringState === 'complete', 'its candidates');
    return told.localDescription!.sdp;
  }

  #side(to: string): RTCPeerConnection {
    const side = this.#sides.get(to) ?? new RTCPeerConnection();
    this.#sides.set(to, side);
    return side;
  }
}

describe('somebody in the middle', () => {
  it('passes pictures on unnoticed, and is given away by the verification', async () => {
    const [ann, bob] = pair();
    const wire = new Wire();
    const middle = new Middle();
    wire.alter = (frame, to) => middle.alter(frame, to, to === ann.id ? bob.id : ann.id);
    const [red, blue] = [picture('red'), picture('blue')];
    ann.room.setStream(red);
    bob.room.setStream(blue);
    try {
      await joinAll([ann, bob], { signaling: wire });
      expect(nameOf(await bob.sees(ann))).to.equal('red');
      expect(nameOf(await ann.sees(bob))).to.equal('blue');
      const words = await Promise.all([
        until(() => ann.peer(bob)?.verification, 'the verification of one'),
        until(() => bob.peer(ann)?.verification, 'and of the other'),
      ]);
      expect(words[0] === words[1]).to.equal(false);
      expect([ann, bob].map(({ errors }) => errors.length)).to.deep.equal([0, 0]);
    } finally {
      for (const { room } of [ann, bob]) room.release();
      middle.close();
      red.stop();
      blue.stop();
    }
  });
});
