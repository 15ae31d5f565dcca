import { expect } from '@open-wc/testing';
import type { JoinOptions } from '../../../components/engine/call/room.js';
import { playSoon, shot } from '../../support/media.js';
import { until } from '../../support/wait.js';
import { joinAll, nameOf, pair, picture, Wire, type Member, type WireFrame } from './support.js';

/** The body of a `desc` and of a `cands`. */
interface Said {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  readonly list: readonly RTCIceCandidateInit[];
}

const NOTHING = 'nothing';

/**
 * Stands between two on a way that nobody seals: a connection to each of them, and what comes by one goes on by the other.
 * With a picture of its own it sends, in place of each frame of that, one as it came, without decoding it.
 */
class Middle {
  readonly #sides = new Map<string, RTCPeerConnection>();
  readonly #cover: MediaStreamTrack | undefined;
  readonly #relay = new Worker(new URL('../../support/relay.worker.ts', import.meta.url), { type: 'module' });
  /** What it shows of the pictures of each. */
  readonly #screens = new Map<string, HTMLVideoElement>();
  readonly #ready = new Map<string, string>();
  #work = Promise.resolve();

  constructor(cover?: MediaStream) {
    this.#cover = cover?.getVideoTracks()[0];
  }

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

  /** What it sees of somebody at some places of the picture. */
  sees(from: string): string[] {
    const screen = this.#screens.get(from)!;
    if (!screen.videoWidth) return [NOTHING];
    const at = shot(screen);
    return [0.2, 0.5, 0.8].flatMap((x) => [0.3, 0.6, 0.9].map((y) => nameOf(at(x, y))));
  }

  close(): void {
    for (const connection of this.#sides.values()) connection.close();
    for (const screen of this.#screens.values()) screen.remove();
    this.#relay.terminate();
  }

  /** What the other one is told in place of this description. */
  async #answer({ type, sdp }: Said, from: string, to: string): Promise<string> {
    const [heard, told] = [this.#side(from), this.#side(to)];
    await heard.setRemoteDescription({ type, sdp });
    const direction = 'sendrecv';
    for (const [index, here] of heard.getTransceivers().entries()) {
      const { track } = here.receiver;
      const there =
        told.getTransceivers()[index] ??
        told.addTransceiver(track.kind, { direction, streams: [new MediaStream()] });
      there.direction = direction;
      if (track.kind !== 'video') continue;
      if (!this.#screens.has(from)) this.#screens.set(from, playSoon(track));
      if (this.#cover) {
        // Both at once: Chromium takes none where media may flow already.
        this.#carry(`${from} ${index}`, here, there);
        this.#carry(`${to} ${index}`, there, here);
      }
      await there.sender.replaceTrack(this.#cover ?? track);
    }
    await told.setLocalDescription();
    await until(() => told.iceGatheringState === 'complete', 'its candidates');
    return told.localDescription!.sdp;
  }

  #carry(way: string, { receiver }: RTCRtpTransceiver, { sender }: RTCRtpTransceiver): void {
    receiver.transform ??= new RTCRtpScriptTransform(this.#relay, { way, side: 'heard' });
    sender.transform ??= new RTCRtpScriptTransform(this.#relay, { way, side: 'told' });
  }

  #side(to: string): RTCPeerConnection {
    const side = this.#sides.get(to) ?? new RTCPeerConnection();
    this.#sides.set(to, side);
    return side;
  }
}

describe('somebody in the middle', () => {
  let ann: Member, bob: Member;
  let middle: Middle;
  const pictures: ReturnType<typeof picture>[] = [];
  const draw = (color: string): ReturnType<typeof picture> => {
    const stream = picture(color);
    pictures.push(stream);
    return stream;
  };

  /** Ann in red and Bob in blue see each other, all the same. */
  const meet = async (options: Partial<JoinOptions>, cover?: MediaStream): Promise<void> => {
    [ann, bob] = pair();
    const wire = new Wire();
    middle = new Middle(cover);
    wire.alter = (frame, to) => middle.alter(frame, to, to === ann.id ? bob.id : ann.id);
    ann.room.setStream(draw('red'));
    bob.room.setStream(draw('blue'));
    await joinAll([ann, bob], { signaling: wire, ...options });
    expect(nameOf(await bob.sees(ann))).to.equal('red');
    expect(nameOf(await ann.sees(bob))).to.equal('blue');
  };

  const goesUnnoticed = (): void => {
    const issues = [ann, bob].flatMap(({ state }) => state.issues.map(({ name }) => name));
    // What waits until there is another in its place is said again.
    expect(issues.filter((name) => name !== 'unreliable-signaling')).to.deep.equal([]);
    expect([ann, bob].map(({ errors }) => errors.length)).to.deep.equal([0, 0]);
  };

  afterEach(() => {
    for (const { room } of [ann, bob]) room.release();
    middle.close();
    for (const stream of pictures.splice(0)) stream.stop();
  });

  it('sees the pictures and passes them on unnoticed, and is given away by the verification', async () => {
    await meet({});
    const all = (color: string): string[] => Array<string>(9).fill(color);
    await until(() => middle.sees(ann.id).join() === all('red').join(), 'the red one');
    await until(() => middle.sees(bob.id).join() === all('blue').join(), 'the blue one');
    const words = await Promise.all([
      until(() => ann.peer(bob)?.verification, 'the verification of one'),
      until(() => bob.peer(ann)?.verification, 'and of the other'),
    ]);
    expect(words[0] === words[1]).to.equal(false);
    goesUnnoticed();
  });

  it('sees nothing of pictures that are encrypted end to end, and can pass them on', async () => {
    await meet({ endToEnd: crypto.getRandomValues(new Uint8Array(32)) }, draw('green'));
    // A decoder may make something of it: green, mostly, and of grey blocks.
    const like = (from: Member, color: string): number =>
      middle.sees(from.id).filter((seen) => seen === color).length;
    expect(like(ann, 'red'), 'of the red one').to.be.below(5);
    expect(like(bob, 'blue'), 'of the blue one').to.be.below(5);
    goesUnnoticed();
  });
});
