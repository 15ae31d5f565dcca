import { expect } from '@open-wc/testing';
import { LocalMedia, type SendingOptions } from '../../../components/engine/call/local-media.js';
import { Senders } from '../../../components/engine/call/senders.js';
import { systemClock } from '../../../components/engine/clock.js';
import type { MediaKitError } from '../../../components/engine/errors.js';
import { play, soundAbove } from '../../support/media.js';
import { until } from '../../support/wait.js';
import { joinAll, Member, nameOf, pair, picture, tone, Wire } from './support.js';

const PATIENCE = 40_000;

/** What is sent in one m-line, as counted so far. */
interface Sent {
  readonly bytes: number;
  readonly frames: number;
  readonly width: number;
  readonly codec: string;
}

describe('Room: how media are sent', function () {
  this.timeout(60_000);
  const members: Member[] = [];
  const borrowed: { stop(): void }[] = [];
  const complaints: string[] = [];
  const { warn } = console;
  const { setParameters } = RTCRtpSender.prototype;
  const rejected = ({ reason }: PromiseRejectionEvent): void => void complaints.push(String(reason));
  let settings = 0;

  const two = (): [Member, Member] => {
    const both = pair();
    members.push(...both);
    return both;
  };
  const lend = <T extends { stop(): void }>(stream: T): T => {
    borrowed.push(stream);
    return stream;
  };
  const connect = async (...some: Member[]): Promise<void> => {
    await joinAll(some);
    for (const one of some) for (const other of some) if (one !== other) await one.connected(other);
  };
  const connection = (one: Member, other: Member): RTCPeerConnection => one.room.getPeerConnection(other.id)!;
  const sender = (one: Member, other: Member, kind = 'video', at = 0): RTCRtpSender =>
    connection(one, other)
      .getSenders()
      .filter(({ track }) => track?.kind === kind)[at]!;
  const parameters = (one: Member, other: Member, kind?: string, at?: number) => {
    const { encodings, degradationPreference } = sender(one, other, kind, at).getParameters();
    return { ...encodings[0]!, degradationPreference };
  };

  async function sent(one: Member, other: Member, kind?: string, at?: number): Promise<Sent> {
    const reports = [...(await sender(one, other, kind, at).getStats()).values()] as Record<
      string,
      unknown
    >[];
    const rtp = reports.find(({ type }) => type === 'outbound-rtp') ?? {};
    const codec = reports.find(({ id }) => id === rtp['codecId']) ?? {};
    return {
      bytes: Number(rtp['bytesSent'] ?? 0),
      frames: Number(rtp['framesSent'] ?? 0),
      width: Number(rtp['frameWidth'] ?? 0),
      codec: ((codec['mimeType'] ?? '') as string).replace(/.*\//, ''),
    };
  }

  /** What has come and was decoded in all m-lines. */
  async function received(one: Member, other: Member): Promise<{ frames: number; packets: number }> {
    const total = { frames: 0, packets: 0 };
    for (const report of (await connection(one, other).getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue;
      total.packets += report.packetsReceived;
      total.frames += report.framesDecoded ?? 0;
    }
    return total;
  }

  /** Resolves when frames of this width go out. */
  const width = (one: Member, other: Member, wanted: number): Promise<unknown> =>
    until(async () => Math.abs((await sent(one, other)).width - wanted) <= 2, `${wanted} wide`, PATIENCE);

  /** What happens within that time, in a second. */
  async function rate(one: Member, other: Member, what: 'bytes' | 'frames', ms = 4000): Promise<number> {
    const [before, begin] = [await sent(one, other), performance.now()];
    await new Promise((resolve) => setTimeout(resolve, ms));
    const after = await sent(one, other);
    return ((after[what] - before[what]) * 1000) / (performance.now() - begin);
  }

  beforeEach(() => {
    settings = 0;
    complaints.length = 0;
    console.warn = (...words) => void complaints.push(words.join(' '));
    globalThis.addEventListener('unhandledrejection', rejected);
    RTCRtpSender.prototype.setParameters = function (given) {
      settings++;
      return setParameters.call(this, given);
    };
  });

  afterEach(() => {
    for (const { room } of members) room.release();
    for (const { open, clock, events } of members) {
      expect(open, 'open connections').to.equal(0);
      expect(clock.pending, 'waiting timers').to.equal(0);
      expect(events.filter(({ type }) => type === 'error').length, 'errors').to.equal(0);
    }
    for (const stream of borrowed) stream.stop();
    members.length = 0;
    borrowed.length = 0;
    console.warn = warn;
    globalThis.removeEventListener('unhandledrejection', rejected);
    RTCRtpSender.prototype.setParameters = setParameters;
    expect(complaints).to.deep.equal([]);
  });

  it('leaves two alone, and sets nothing', async () => {
    const [one, other] = two();
    one.room.setStream(lend(large()));
    await connect(one, other);
    await width(one, other, 640);
    one.room.setView(other.id, { camera: { width: 640, height: 480 }, screen: null });
    other.room.setView(one.id, { camera: { width: 640, height: 480 }, screen: null });
    other.room.setView(one.id, { camera: { width: 630, height: 470 }, screen: null });
    one.room.setAudio(false);
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect(settings).to.equal(0);
  });

  it('sends no more pixels than the other shows, and all again when it shows more', async () => {
    const [one, other] = two();
    other.room.setStream(lend(large()));
    await connect(one, other);
    await width(other, one, 640);
    one.room.setView(other.id, { camera: { width: 160, height: 120 }, screen: null });
    await width(other, one, 160);
    const before = settings;
    for (const small of [158, 150, 165]) {
      one.room.setView(other.id, { camera: { width: small, height: small * 0.75 }, screen: null });
    }
    one.room.setView(other.id, { camera: { width: 640, height: 480 }, screen: null });
    await width(other, one, 640);
    expect(settings - before, 'small changes').to.equal(1);
    expect(one.offers + other.offers).to.equal(1);
  });

  it('sends no picture that is hidden, but its sound, and the picture again within moments', async () => {
    const [one, other] = two();
    one.room.setStream(new MediaStream([...lend(large()).getTracks(), ...lend(tone()).getTracks()]));
    await connect(one, other);
    expect(nameOf(await other.sees(one))).to.equal('red');
    other.room.setView(one.id, { camera: null, screen: null });
    await until(() => parameters(one, other).active === false, 'hidden');
    await until(async () => (await rate(one, other, 'frames', 1000)) === 0, 'no frames', PATIENCE);
    const { bytes } = await sent(one, other, 'audio');
    await until(async () => (await sent(one, other, 'audio')).bytes > bytes, 'sound');
    expect(await soundAbove(other.peer(one)!.stream!)).to.be.above(0);
    expect(other.peer(one)!.video).to.equal(true);
    other.room.setView(one.id, { camera: { width: 640, height: 480 }, screen: null });
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect(one.offers + other.offers).to.equal(1);
  });

  it('keeps the pixels of a screen, and hides it as long as it is told to', async () => {
    const [one, other] = two();
    one.room.setStream(lend(picture('blue')));
    await connect(one, other);
    const screen = () => parameters(one, other, 'video', 1);
    one.room.setScreen(lend(large()));
    expect(nameOf(await other.sees(one, 'screen'))).to.equal('red');
    other.room.setView(one.id, { camera: null, screen: { width: 100, height: 75 } });
    await until(() => screen().degradationPreference === 'maintain-resolution', 'set');
    expect((await sent(one, other, 'video', 1)).width).to.equal(640);
    other.room.setView(one.id, { camera: null, screen: null });
    await until(() => screen().active === false, 'hidden');
    one.room.setScreen(null);
    await until(() => !other.peer(one)!.screen, 'gone');
    // Whoever does not look need not say it again.
    one.room.setScreen(lend(large()));
    await until(() => other.peer(one)!.screen, 'another one');
    expect(screen().active).to.equal(false);
    other.room.setView(one.id, { camera: null, screen: { width: 100, height: 75 } });
    expect(nameOf(await other.sees(one, 'screen'))).to.equal('red');
  });

  describe('before it is loaded how much to send', () => {
    const connections: RTCPeerConnection[] = [];
    let media: LocalMedia;
    const open = (crowd: number): [Senders, RTCPeerConnection] => {
      const connection = new RTCPeerConnection();
      connections.push(connection);
      return [
        new Senders({
          connection,
          polite: false,
          media,
          crowd: () => crowd,
          clock: systemClock,
          signal: new AbortController().signal,
        }),
        connection,
      ];
    };
    const encoding = (connection: RTCPeerConnection, kind: string, at = 0) => {
      const ofKind = connection.getSenders().filter(({ track }) => track?.kind === kind);
      return ofKind[at]!.getParameters().encodings[0]!;
    };

    beforeEach(() => {
      media = new LocalMedia(() => {});
      media.setStream(new MediaStream([...lend(large()).getTracks(), ...lend(tone()).getTracks()]));
    });
    afterEach(() => {
      media.release();
      for (const connection of connections.splice(0)) connection.close();
    });

    it('counts all that is told', async () => {
      const [senders, connection] = open(1);
      // As it is told to a connection that is built anew.
      senders.view = { camera: { width: 160, height: 120 }, screen: null };
      media.setScreen(lend(large()));
      await senders.apply();
      media.setSending({ maxBitrate: 100_000 });
      await until(() => encoding(connection, 'video').scaleResolutionDownBy === 4, 'camera');
      await until(() => encoding(connection, 'video', 1).active === false, 'screen');
      await until(() => encoding(connection, 'audio').maxBitrate === 25_000, 'sound');
    });

    it('goes on without where that does not load', async () => {
      let asked = 0;
      Object.defineProperty(media, 'tuning', { get: () => (asked++, Promise.resolve(null)) });
      const [senders, connection] = open(1);
      media.setSending({ maxBitrate: 100_000 });
      media.setScreen(lend(large()));
      await senders.apply();
      await senders.apply();
      await new Promise((resolve) => setTimeout(resolve));
      expect(asked).to.equal(1);
      expect(connection.getSenders().filter(({ track }) => track).length).to.equal(3);
    });

    it('leaves nothing to a connection that has closed', async () => {
      const [gone, closed] = open(2);
      const [senders, connection] = open(2);
      await Promise.all([gone.apply(), senders.apply()]);
      closed.close();
      await until(() => encoding(connection, 'video').maxBitrate === 768_000, 'all for the other');
    });
  });

  it('divides among three by what each of them shows, and gives back what one leaves', async () => {
    const three = [new Member(), new Member(), new Member()] as const;
    members.push(...three);
    const [ann, bob, cid] = three;
    ann.room.setStream(lend(large()));
    await connect(...three);
    const bitrates = (): (number | undefined)[] =>
      [bob, cid].map((other) => parameters(ann, other).maxBitrate);
    await until(() => bitrates().join() === '384000,384000', 'alike');
    cid.room.setView(ann.id, { camera: { width: 160, height: 120 }, screen: null });
    bob.room.setView(ann.id, { camera: { width: 640, height: 480 }, screen: null });
    await until(() => bitrates().join() === '614400,153600', 'by size');
    expect(parameters(ann, cid).scaleResolutionDownBy).to.equal(4);
    cid.room.setView(ann.id, { camera: null, screen: null });
    await until(() => bitrates()[0] === 768_000, 'all for one');
    cid.room.leave();
    await until(() => parameters(ann, bob).maxBitrate === undefined, 'two again');
    await width(ann, bob, 640);
  });

  it('keeps to the most that may go out', async () => {
    const [one, other] = two();
    one.room.setSending({ maxBitrate: 200_000 });
    one.room.setStream(new MediaStream([...lend(noise()).getTracks(), ...lend(tone()).getTracks()]));
    await connect(one, other);
    expect(await other.sees(one)).to.have.length(3);
    expect([parameters(one, other).maxBitrate, parameters(one, other, 'audio').maxBitrate]).to.deep.equal([
      160_000, 40_000,
    ]);
    const rates = async (): Promise<number> => 8 * (await rate(one, other, 'bytes'));
    // It takes encoders a while to come down from where they began.
    await until(async () => (await rates()) < 160_000 * 1.3, 'no more than that', PATIENCE);
    one.room.setSending({});
    await until(async () => (await rates()) > 250_000, 'more', PATIENCE);
    expect(parameters(one, other, 'audio').maxBitrate).to.equal(undefined);
  });

  it('sends as much over a connection that was made anew', async () => {
    const wire = new Wire();
    const [one, other] = two();
    one.room.setSending({ maxBitrate: 200_000 });
    one.room.setStream(lend(large()));
    await joinAll([one, other], { signaling: wire });
    await until(() => one.peer(other)?.status === 'connected', 'connected');
    await until(() => parameters(one, other).maxBitrate === 200_000, 'all of it');
    const before = connection(one, other);
    // The one of before sends until the new one is up, and has its part as long.
    wire.alter = (frame) => (frame.t === 'restart' ? { ...frame, b: { c: 2 } } : frame);
    other.room.restartIce();
    await until(() => connection(one, other) !== before && one.open === 1, 'a new one alone');
    await until(() => parameters(one, other).maxBitrate === 200_000, 'all of it again');
  });

  it('keeps to the most frames', async () => {
    const [one, other] = two();
    one.room.setStream(lend(large()));
    one.room.setSending({ maxFrameRate: 5, degradationPreference: 'maintain-framerate' });
    await connect(one, other);
    expect(nameOf(await other.sees(one))).to.equal('red');
    expect(parameters(one, other).degradationPreference).to.equal('maintain-framerate');
    expect(await rate(one, other, 'frames')).to.be.within(0, 7);
    one.room.setSending({});
    await until(async () => (await rate(one, other, 'frames')) > 7, 'more', PATIENCE);
  });

  describe('codecs', () => {
    const codec = (one: Member, other: Member, name: string): Promise<unknown> =>
      until(
        async () => {
          const [before, after] = [await sent(one, other), await sent(one, other)];
          return after.codec === name && after.frames >= before.frames && after.frames > 0;
        },
        name,
        PATIENCE,
      );

    for (const names of [['vp9'], ['VP8', 'vp9'], ['h265', 'av1']]) {
      it(`sends ${names.join(', ')}, from either side`, async () => {
        const [one, other] = two();
        for (const each of [one, other]) each.room.setSending({ codecs: names });
        one.room.setStream(lend(large()));
        other.room.setStream(lend(large()));
        await connect(one, other);
        const wanted = names.filter((name) => name !== 'h265')[0]!.toUpperCase();
        await codec(one, other, wanted);
        await codec(other, one, wanted);
        expect(nameOf(await other.sees(one))).to.equal('red');
        expect(one.offers + other.offers).to.equal(1);
      });
    }

    it('lets each choose for itself, and change without negotiating', async () => {
      const [one, other] = two();
      one.room.setSending({ codecs: ['vp9'] });
      other.room.setSending({ codecs: ['vp8'] });
      one.room.setStream(lend(large()));
      other.room.setStream(lend(large()));
      await connect(one, other);
      await codec(one, other, 'VP9');
      await codec(other, one, 'VP8');
      one.room.setSending({ codecs: ['vp8'] });
      other.room.setSending({ codecs: ['av1', 'opus'] });
      await codec(one, other, 'VP8');
      await codec(other, one, 'AV1');
      expect(nameOf(await one.sees(other))).to.equal('red');
      other.room.setSending({});
      await until(() => !('codec' in parameters(other, one)), 'its own choice');
      expect(nameOf(await one.sees(other))).to.equal('red');
      expect(one.offers + other.offers).to.equal(1);
    });

    it('sends another one where nobody has what is named, and says so once', async () => {
      const [one, other] = two();
      one.room.setSending({ codecs: ['h265'] });
      one.room.setStream(lend(large()));
      await connect(one, other);
      expect(nameOf(await other.sees(one))).to.equal('red');
      one.room.setStream(lend(picture('blue')));
      await until(async () => nameOf(await other.sees(one)) === 'blue');
      expect(complaints.splice(0))
        .to.have.length(1)
        .and.to.match(/^h265: /);
    });

    it('chooses the codec of the sound, too', async () => {
      const [one, other] = two();
      one.room.setSending({ codecs: ['pcmu'] });
      one.room.setStream(lend(tone()));
      await connect(one, other);
      await until(async () => (await sent(one, other, 'audio')).codec === 'PCMU', 'PCMU', PATIENCE);
      // Chromium decodes what somebody plays.
      const video = await play(other.peer(one)!.stream!);
      expect(await soundAbove(other.peer(one)!.stream!)).to.be.above(0);
      video.remove();
    });
  });

  describe('direction', () => {
    const media = (): MediaStream =>
      new MediaStream([...lend(large()).getTracks(), ...lend(tone()).getTracks()]);
    const both = async (one: Member, other: Member): Promise<void> => {
      expect(nameOf(await one.sees(other))).to.equal('red');
      expect(await soundAbove(one.peer(other)!.stream!)).to.be.above(0);
    };

    for (const [place, at] of [
      ['the first offerer', 0],
      ['the other', 1],
    ] as const) {
      it(`recvonly at ${place}: sends nothing, and begins in mid-call`, async () => {
        const all = two();
        const [self, peer] = [all[at], all[1 - at]!];
        self.room.setSending({ direction: 'recvonly' });
        self.room.setStream(media());
        self.room.setScreen(lend(large()));
        peer.room.setStream(media());
        await connect(...all);
        await both(self, peer);
        expect([self.state.audio, self.state.video]).to.deep.equal([false, false]);
        const { stream, screen, audio, video } = peer.peer(self)!;
        expect([stream === null, screen === null, audio, video]).to.deep.equal([true, true, false, false]);
        self.room.setSending({});
        await both(peer, self);
        expect(nameOf(await peer.sees(self, 'screen'))).to.equal('red');
        self.room.setSending({ direction: 'recvonly' });
        await until(() => !peer.peer(self)!.stream && !peer.peer(self)!.screen, 'nothing again');
        await both(self, peer);
      });

      it(`sendonly at ${place}: takes nothing, and begins in mid-call`, async () => {
        const all = two();
        const [self, peer] = [all[at], all[1 - at]!];
        self.room.setSending({ direction: 'sendonly' });
        for (const { room } of all) {
          room.setStream(media());
          room.setScreen(lend(large()));
        }
        await connect(...all);
        await both(peer, self);
        expect(nameOf(await peer.sees(self, 'screen'))).to.equal('red');
        await until(() => !self.peer(peer)!.stream && !self.peer(peer)!.screen, 'nothing');
        expect((await received(self, peer)).packets).to.equal(0);
        self.room.setSending({});
        await both(self, peer);
        expect(nameOf(await self.sees(peer, 'screen'))).to.equal('red');
        self.room.setSending({ direction: 'sendonly' });
        await until(() => !self.peer(peer)!.stream && !self.peer(peer)!.screen, 'nothing again');
        await both(peer, self);
        expect(nameOf(await peer.sees(self, 'screen'))).to.equal('red');
      });
    }

    it('leaves alone what the page itself has added to the connection', async () => {
      const [one, other] = two();
      one.room.setStream(lend(picture('red')));
      await connect(one, other);
      const own = connection(one, other).addTransceiver('video', { direction: 'recvonly' });
      const sending = connection(one, other).addTransceiver('video');
      one.room.setSending({ maxFrameRate: 20 });
      await until(() => own.mid !== null && sending.mid !== null, 'negotiated');
      expect([own.direction, sending.direction]).to.deep.equal(['recvonly', 'sendrecv']);
    });
  });

  it('stands whatever is set while it connects, negotiates and leaves', async () => {
    const [one, other] = two();
    one.room.setStream(lend(large()));
    other.room.setStream(lend(large()));
    let round = 0;
    const stir = (): void => {
      for (const [self, peer] of [
        [one, other],
        [other, one],
      ] as const) {
        const size = 100 + ((round * 97) % 600);
        self.room.setView(peer.id, {
          camera: round % 5 ? { width: size, height: size } : null,
          screen: round % 2 ? null : { width: size, height: size },
        });
        const codecs = [['vp8'], ['vp9', 'opus'], []][round % 3]!;
        const sending: SendingOptions = { codecs, maxBitrate: round % 4 ? 100_000 + round : null };
        self.room.setSending(round % 7 ? sending : { ...sending, maxFrameRate: 10 });
      }
      if (round % 3 === 0) one.room.setScreen(round % 2 ? lend(picture('blue')) : null);
      if (round % 4 === 0) other.room.setScreen(round % 8 ? lend(picture('green')) : null);
      round++;
    };
    const joining = joinAll([one, other]);
    const timer = setInterval(stir, 15);
    await joining;
    await one.connected(other);
    await until(() => round > 100, 'stirred', PATIENCE);
    clearInterval(timer);
    for (const { room } of [one, other]) {
      room.setSending({});
      room.setScreen(null);
    }
    one.room.setView(other.id, { camera: { width: 640, height: 480 }, screen: null });
    other.room.setView(one.id, { camera: { width: 640, height: 480 }, screen: null });
    // How wide the pictures are is for the browser to say now, which has seen a lot.
    for (const [self, peer] of [
      [one, other],
      [other, one],
    ] as const) {
      await until(() => {
        const { active, maxBitrate, scaleResolutionDownBy = 1 } = parameters(self, peer);
        return active && maxBitrate === undefined && scaleResolutionDownBy === 1;
      }, 'all is as it was');
      const { frames } = await received(peer, self);
      await until(async () => (await received(peer, self)).frames > frames + 5, 'frames', PATIENCE);
      const senders = connection(self, peer).getSenders();
      expect(senders.filter(({ track }) => track).length).to.equal(1);
    }
    stir();
    one.room.leave();
    stir();
    await new Promise((resolve) => setTimeout(resolve, 100));
    round = 7;
    stir();
  });

  it('refuses what makes no sense, and leaves all as it was', () => {
    const [one] = two();
    one.room.setSending({ maxBitrate: 1000 });
    const wrong = [
      { codecs: ['vp10'] },
      { maxBitrate: NaN },
      { maxBitrate: 0 },
      { maxFrameRate: -1 },
      { maxFrameRate: Infinity },
      { degradationPreference: 'none' as RTCDegradationPreference },
    ] satisfies SendingOptions[];
    for (const sending of wrong) {
      let error: unknown = null;
      try {
        one.room.setSending(sending);
      } catch (thrown) {
        error = thrown;
      }
      expect((error as MediaKitError)?.code, JSON.stringify(sending)).to.equal('bad-input');
    }
  });
});

/** A red picture of 640 × 480 in which something moves. */
function large(): MediaStream & { stop(): void } {
  return painted(640, 480, (context, tick) => {
    context.fillStyle = 'red';
    context.fillRect(0, 0, 640, 480);
    context.fillStyle = 'black';
    context.fillRect((tick * 4) % 640, 0, 4, 10);
  });
}

/** Snow: as many bits as an encoder is allowed to use. */
function noise(): MediaStream & { stop(): void } {
  const snow = new ImageData(320, 240);
  return painted(320, 240, (context) => {
    new Uint32Array(snow.data.buffer).forEach((_, at, pixels) => {
      pixels[at] = 0xff000000 | (Math.random() * 0x1000000);
    });
    context.putImageData(snow, 0, 0);
  });
}

function painted(
  width: number,
  height: number,
  paint: (context: CanvasRenderingContext2D, tick: number) => void,
): MediaStream & { stop(): void } {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d')!;
  let tick = 0;
  const draw = (): void => paint(context, tick++);
  draw();
  const timer = setInterval(draw, 50);
  const stream = canvas.captureStream(20);
  return Object.assign(stream, {
    stop() {
      clearInterval(timer);
      for (const track of stream.getTracks()) track.stop();
    },
  });
}
