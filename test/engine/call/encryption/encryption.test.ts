import { expect } from '@open-wc/testing';
import { Encryption } from '../../../../components/engine/call/encryption/encryption.js';
import type { FrameTrouble } from '../../../../components/engine/call/encryption/verdict.js';
import type { MediaKitError } from '../../../../components/engine/errors.js';
import { framesShown, pixel, play, soundAbove } from '../../../support/media.js';
import { until } from '../../../support/wait.js';
import { FakeClock, nameOf, picture, tone } from '../support.js';

/** One end of a connection; without a secret it sends and takes everything as it is. */
class End {
  readonly clock = new FakeClock();
  readonly troubles: (FrameTrouble | null)[] = [];
  /** What it told the other, in order. */
  readonly told: unknown[] = [];
  /** What becomes of what it tells. */
  tell: (body: unknown) => void = () => {};
  /** Whether the other one answers. */
  heard = true;
  connection!: RTCPeerConnection;

  constructor(
    readonly id: string,
    readonly encryption: Encryption | null,
    readonly stream: MediaStream & { stop(): void },
  ) {
    encryption?.begin({
      self: { id, sid: `sid-${id}` },
      clock: this.clock,
      send: (_peer, _type, body) => {
        this.told.push(body);
        this.tell(body);
      },
      heard: () => this.heard,
      trouble: (_peer, trouble) => void this.troubles.push(trouble),
    });
  }

  hears(other: End, body: unknown): void {
    this.encryption?.receive({ id: other.id, sid: `sid-${other.id}` }, body);
  }

  open(): RTCPeerConnection {
    const made = new RTCPeerConnection();
    this.connection = this.encryption?.guard(made) ?? made;
    return this.connection;
  }

  async inbound(
    kind = 'video',
  ): Promise<{ readonly framesDecoded: number; readonly packetsReceived: number }> {
    for (const report of (await this.connection.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === kind) {
        return { framesDecoded: report.framesDecoded ?? 0, packetsReceived: report.packetsReceived ?? 0 };
      }
    }
    return { framesDecoded: 0, packetsReceived: 0 };
  }

  /** The colour that it sees, once frames advance. */
  async sees(): Promise<string> {
    const track = this.connection.getReceivers().find((one) => one.track.kind === 'video')!.track;
    const video = await play(new MediaStream([track]));
    await framesShown(video);
    const color = nameOf(pixel(video, 0.5, 0.5));
    video.remove();
    return color;
  }

  /** Whether anything is heard while two seconds of sound come. */
  async hearsAnything(): Promise<boolean> {
    const stream = new MediaStream(this.connection.getReceivers().map(({ track }) => track));
    // Chromium decodes nothing of what nobody plays.
    const player = new Audio();
    player.autoplay = true;
    player.srcObject = stream;
    const packets = until(async () => (await this.inbound('audio')).packetsReceived > 100, 'sound', 15_000);
    const heard = await Promise.race([soundAbove(stream).then(() => true), packets.then(() => false)]);
    player.srcObject = null;
    return heard;
  }

  /** Resolves when more packets of pictures have come, with how many pictures were made of them. */
  async decoded(): Promise<number> {
    const before = (await this.inbound()).packetsReceived;
    await until(async () => (await this.inbound()).packetsReceived > before + 15, 'packets', 15_000);
    return (await this.inbound()).framesDecoded;
  }
}

describe('the encryption of a call', () => {
  const ends: End[] = [];
  const make = async (id: string, secret: string | null, room = 'room'): Promise<End> => {
    const encryption = secret === null ? null : await Encryption.open(secret, room);
    const end = new End(id, encryption, picture(id === 'ann' ? 'red' : 'blue'));
    ends.push(end);
    return end;
  };
  /** Connects the two as a room does. The second one puts its track in before it knows who offers. */
  const connect = async (ann: End, bob: End): Promise<void> => {
    const [one, two] = [ann.open(), bob.open()];
    ann.tell = (body) => bob.hears(ann, body);
    bob.tell = (body) => ann.hears(bob, body);
    for (const [end, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      end.encryption?.assign(end.connection, other.id);
      end.encryption?.met(other.id);
    }
    one.onicecandidate = ({ candidate }) => void two.addIceCandidate(candidate ?? undefined);
    two.onicecandidate = ({ candidate }) => void one.addIceCandidate(candidate ?? undefined);
    for (const track of ann.stream.getTracks()) one.addTransceiver(track, { streams: [ann.stream] });
    two.addTrack(bob.stream.getTracks()[0]!, bob.stream);
    await one.setLocalDescription();
    await two.setRemoteDescription(one.localDescription!);
    await two.setLocalDescription();
    await one.setRemoteDescription(two.localDescription!);
  };

  afterEach(() => {
    for (const { connection, encryption, stream } of ends.splice(0)) {
      connection?.close();
      encryption?.release();
      stream.stop();
    }
  });

  it('lets those who share the secret see each other, in a codec that it permits', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', 'a secret')];
    await connect(ann, bob);
    expect(await Promise.all([ann.sees(), bob.sees()])).to.deep.equal(['blue', 'red']);
    expect(ann.troubles).to.deep.equal([]);
    for (const { connection } of [ann, bob]) {
      const codecs = [...connection.localDescription!.sdp.matchAll(/^a=rtpmap:\d+ ([^/]+)/gm)];
      for (const [, codec] of codecs) expect(codec).to.match(/^(VP8|VP9|rtx|red|ulpfec|flexfec-03)$/);
    }
  });

  it('is nothing that a receiver without it could play', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', null)];
    await connect(ann, bob);
    // A decoder may take what it gets for a picture, whose first bytes stay: it is noise then, and nothing of what was sent.
    if ((await bob.decoded()) === 0) return;
    const video = await play(new MediaStream(bob.connection.getReceivers().map(({ track }) => track)));
    const colors = [0.1, 0.3, 0.5, 0.7, 0.9].map((x) => nameOf(pixel(video, x, 0.5)));
    video.remove();
    expect(colors.filter((color) => color === 'red').length).to.be.below(3);
  });

  for (const [secret, who] of [
    ['a secret', 'those who share the secret'],
    ['another', 'nobody who has another one'],
  ] as const) {
    it(`lets ${who} hear what is said`, async () => {
      const [ann, bob] = [await make('ann', 'a secret'), await make('bob', secret)];
      const voice = tone();
      ann.stream.addTrack(voice.getTracks()[0]!);
      await connect(ann, bob);
      expect(await bob.hearsAnything()).to.equal(secret === 'a secret');
      voice.stop();
    });
  }

  it('plays nothing that is sent in the clear, and says so', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', null)];
    await connect(ann, bob);
    await until(() => ann.troubles.at(-1) === 'not-encrypted', 'trouble');
    expect(await ann.decoded()).to.equal(0);
    // The other way round: the one who offers first is in the clear.
    const [cid, dan] = [await make('cid', null), await make('dan', 'a secret')];
    await connect(cid, dan);
    await until(() => dan.troubles.at(-1) === 'not-encrypted', 'trouble');
    expect(await dan.decoded()).to.equal(0);
  });

  it('plays nothing of one who has another secret, or another room, and says so', async () => {
    for (const [secret, room] of [
      ['another', 'room'],
      ['a secret', 'other'],
    ] as const) {
      const [ann, bob] = [await make('ann', 'a secret'), await make('bob', secret, room)];
      await connect(ann, bob);
      await until(() => ann.troubles.at(-1) && bob.troubles.at(-1), 'trouble');
      if (room === 'room') expect(ann.troubles).to.deep.equal(['undecryptable']);
      expect(await ann.decoded()).to.equal(0);
      expect(await bob.decoded()).to.equal(0);
    }
  });

  it('plays what comes as soon as a late key has come', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', 'a secret')];
    const late: unknown[] = [];
    await connect(ann, Object.assign(bob, { hears: (_: End, body: unknown) => void late.push(body) }));
    await until(() => bob.troubles.at(-1) === 'not-encrypted', 'trouble');
    expect(await bob.decoded()).to.equal(0);
    for (const body of late) End.prototype.hears.call(bob, ann, body);
    expect(await bob.sees()).to.equal('red');
    expect(bob.troubles.at(-1)).to.equal(null);
  });

  it('changes the key when somebody has left, without a word to that one, and goes on', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', 'a secret')];
    await connect(ann, bob);
    expect(await bob.sees()).to.equal('red');
    ann.encryption!.met('cid');
    expect(ann.told.length, 'one to each').to.equal(2);
    expect(ann.told[1]).to.deep.equal(ann.told[0]);
    bob.heard = ann.heard = false;
    ann.encryption!.left('cid');
    expect(ann.told.length).to.equal(3);
    expect(ann.told[2]).to.have.property('e', 1);
    expect((ann.told[2] as { g: string }).g).not.to.equal((ann.told[0] as { g: string }).g);
    ann.clock.advance(1000);
    expect(ann.clock.pending, 'who has not answered is waited for').to.equal(1);
    // Whoever comes meanwhile needs both.
    ann.encryption!.met('dan');
    expect(ann.told.slice(3)).to.deep.equal([ann.told[0], ann.told[2]]);
    ann.heard = true;
    ann.clock.advance(1000);
    expect(ann.clock.pending).to.equal(0);
    const before = (await bob.inbound()).framesDecoded;
    await until(async () => (await bob.inbound()).framesDecoded > before + 10, 'more pictures');
    expect(await bob.sees()).to.equal('red');
    expect(bob.troubles).to.deep.equal([]);
    // One who is unknown has left nothing.
    ann.encryption!.left('eve');
    expect(ann.clock.pending).to.equal(0);
  });

  it('is of the next key alone after that: who has not heard of it plays nothing more', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', 'a secret')];
    await connect(ann, bob);
    expect(await bob.sees()).to.equal('red');
    // As for the one who has left.
    ann.tell = () => {};
    ann.encryption!.met('cid');
    ann.encryption!.left('cid');
    ann.clock.advance(1000);
    await until(() => bob.troubles.at(-1) === 'undecryptable', 'trouble');
    const before = await bob.decoded();
    expect((await bob.decoded()) - before).to.equal(0);
    bob.hears(ann, ann.told.at(-1));
    expect(await bob.sees()).to.equal('red');
  });

  it('goes on when several have left at once', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', 'a secret')];
    await connect(ann, bob);
    expect(await bob.sees()).to.equal('red');
    const others = ['cid', 'dan', 'eve'];
    for (const id of others) ann.encryption!.met(id);
    for (const id of others) ann.encryption!.left(id);
    const goesOn = async (): Promise<void> => {
      const before = (await bob.inbound()).framesDecoded;
      const more = async () => (await bob.inbound()).framesDecoded > before + 10;
      await until(async () => bob.troubles.length > 0 || (await more()), 'more pictures');
      expect(bob.troubles).to.deep.equal([]);
    };
    await goesOn();
    ann.clock.advance(1000);
    // Two of them know the key that was under way.
    expect(ann.told.at(-1)).to.have.property('e', 2);
    await goesOn();
    ann.clock.advance(1000);
    expect(ann.clock.pending).to.equal(0);
    await goesOn();
  });

  it('does not wait for ever for one who does not answer', async () => {
    const ann = await make('ann', 'a secret');
    ann.heard = false;
    for (const id of ['bob', 'cid']) ann.encryption!.met(id);
    ann.encryption!.left('cid');
    ann.clock.advance(9999);
    expect(ann.clock.pending).to.equal(1);
    ann.clock.advance(1);
    expect(ann.clock.pending).to.equal(0);
  });

  it('guards also what the page adds by itself', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', 'a secret')];
    await connect(ann, bob);
    for (const connection of [ann.connection, bob.connection]) {
      connection.addTrack(ann.stream.clone().getTracks()[0]!);
      connection.addTransceiver('audio');
      for (const { sender, receiver } of connection.getTransceivers()) {
        expect([!!sender.transform, !!receiver.transform]).to.deep.equal([true, true]);
      }
    }
  });

  it('guards what is sent to one who only wants to receive', async () => {
    const [ann, bob] = [await make('ann', 'a secret'), await make('bob', 'a secret')];
    const [one, two] = [ann.open(), bob.open()];
    one.addTransceiver('video', { direction: 'recvonly' });
    await one.setLocalDescription();
    await two.setRemoteDescription(one.localDescription!);
    const [{ sender, receiver }] = two.getTransceivers() as [RTCRtpTransceiver];
    expect([!!sender.transform, !!receiver.transform]).to.deep.equal([true, true]);
  });

  it('guards what was added in a way of which it does not know', async () => {
    const ann = await make('ann', 'a secret');
    const connection = ann.open();
    RTCPeerConnection.prototype.addTransceiver.call(connection, 'video');
    await connection.setLocalDescription();
    const [{ sender, receiver }] = connection.getTransceivers() as [RTCRtpTransceiver];
    expect([!!sender.transform, !!receiver.transform]).to.deep.equal([true, true]);
    expect(connection.localDescription!.sdp).not.to.match(/ (H264|AV1)\//);
  });

  it('says what is missing', async () => {
    const codeOf = (made: Promise<Encryption>): Promise<string> =>
      made.then(
        (encryption) => {
          encryption.release();
          return '';
        },
        (error: MediaKitError) => error.code,
      );
    expect(await codeOf(Encryption.open('', 'room'))).to.equal('bad-input');
    expect(await codeOf(Encryption.open(new Uint8Array(16), 'room'))).to.equal('bad-input');
    expect(await codeOf(Encryption.open('a secret', 'room', '/no-such-folder'))).to.equal('unsupported');
    const { RTCRtpScriptTransform } = globalThis;
    Object.assign(globalThis, { RTCRtpScriptTransform: undefined });
    try {
      expect(await codeOf(Encryption.open('a secret', 'room'))).to.equal('unsupported');
    } finally {
      Object.assign(globalThis, { RTCRtpScriptTransform });
    }
  });
});
