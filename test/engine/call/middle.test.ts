import { expect } from '@open-wc/testing';
import { Incoming } from '../../../components/engine/call/encryption/incoming.js';
import { readKey } from '../../../components/engine/call/encryption/key-message.js';
import { senderKey } from '../../../components/engine/call/encryption/sender-key.js';
import type { JoinOptions } from '../../../components/engine/call/room.js';
import { keyMaterial, type Secret } from '../../../components/engine/signaling/secret.js';
import { playSoon, shot } from '../../support/media.js';
import { until } from '../../support/wait.js';
import type { HeardFrame } from '../../support/relay.worker.js';
import { joinAll, nameOf, pair, picture, tone, Wire, type Member, type WireFrame } from './support.js';

/** The body of a `desc` and of a `cands`. */
interface Said {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  readonly list: readonly RTCIceCandidateInit[];
}

const NOTHING = 'nothing';
const ROOM = 'test';

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
  /** What was told of the keys that frames are encrypted with. */
  readonly #keys: { readonly from: string; readonly frame: WireFrame }[] = [];
  /** The first frames that came by each way. */
  readonly #heard: HeardFrame[] = [];
  #work = Promise.resolve();

  constructor(cover?: MediaStream) {
    this.#cover = cover?.getVideoTracks()[0];
    this.#relay.onmessage = ({ data }: MessageEvent<HeardFrame>) => void this.#heard.push(data);
  }

  /** What becomes of a frame: an offer or an answer is lost, and said again, until there is another in its place. */
  readonly alter = (frame: WireFrame, to: string, from: string): WireFrame | null => {
    if (frame.t === 'key') this.#keys.push({ from, frame });
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

  /** The first frames of sound or of pictures from somebody, as they came. */
  heard(from: string, kind: 'audio' | 'video'): HeardFrame[] {
    return this.#heard.filter(({ way, mimeType }) => way.startsWith(from) && mimeType.startsWith(kind));
  }

  /** Why somebody's frames do not open with what was told of the keys and the secret, which it has not: '' for each that does. */
  async refusals(from: string, frames: readonly HeardFrame[], secret: Secret): Promise<string[]> {
    const material = await keyMaterial(secret, ROOM);
    const told = this.#keys.filter((one) => one.from === from);
    const keys = await Promise.all(
      told.map(({ frame: { s, b } }) => senderKey(material, ROOM, { id: from, sid: s }, readKey(b)!)),
    );
    return Promise.all(
      frames.map(async ({ mimeType, data }) => {
        // For each anew: until a browser knows how fast it may send, it sends some several times.
        const incoming = new Incoming();
        for (const key of keys) incoming.add(key);
        const opened = await incoming.open(mimeType, new Uint8Array(data));
        return typeof opened === 'string' ? opened : '';
      }),
    );
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
      if (this.#cover) {
        // Both at once: Chromium takes none where media may flow already.
        this.#carry(`${from} ${index}`, here, there);
        this.#carry(`${to} ${index}`, there, here);
      }
      // It only listens to sound.
      if (track.kind !== 'video') continue;
      if (!this.#screens.has(from)) this.#screens.set(from, playSoon(track));
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
  const meet = async (
    options: Partial<JoinOptions>,
    cover?: MediaStream,
    voice?: MediaStreamTrack,
  ): Promise<void> => {
    [ann, bob] = pair();
    const wire = new Wire();
    middle = new Middle(cover);
    wire.alter = (frame, to) => middle.alter(frame, to, to === ann.id ? bob.id : ann.id);
    for (const [member, color] of [
      [ann, 'red'],
      [bob, 'blue'],
    ] as const) {
      const stream = draw(color);
      if (voice) stream.addTrack(voice.clone());
      member.room.setStream(stream);
    }
    await joinAll([ann, bob], { signaling: wire, room: ROOM, ...options });
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

  it('sees and hears nothing of what is encrypted end to end, from the first frame on, and can pass it on', async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const voice = tone();
    pictures.push(voice);
    await meet({ endToEnd: secret }, draw('green'), voice.getTracks()[0]);
    for (const { id } of [ann, bob]) {
      for (const kind of ['audio', 'video'] as const) {
        await until(() => middle.heard(id, kind).length >= 30, `frames of ${kind}`);
        const refusals = await middle.refusals(id, middle.heard(id, kind), secret);
        expect(refusals.join(), `why ${kind} does not open`).to.equal(','.repeat(29));
      }
    }
    // A decoder may make something of it: green, mostly, and of grey blocks.
    const like = (from: Member, color: string): number =>
      middle.sees(from.id).filter((seen) => seen === color).length;
    expect(like(ann, 'red'), 'of the red one').to.be.below(5);
    expect(like(bob, 'blue'), 'of the blue one').to.be.below(5);
    goesUnnoticed();
  });
});
