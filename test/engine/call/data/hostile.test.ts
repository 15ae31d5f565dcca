import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import type { Link } from '../../../../components/engine/call/data/opener.js';
import { isOver } from '../../../../components/engine/call/data/transfer.js';
import type { PeerStatus } from '../../../../components/engine/call/pair.js';
import { until } from '../../../support/wait.js';
import { FakeClock } from '../support.js';
import { asChannel, codeOf, FakeChannel, fileOf, isSame, Two, type Talker } from './support.js';

/** So many members come and go, of each kind, beside one file that is honest. */
const RUNS = 1500;
const STEPS = 24;
/** What a failure prints as `seed` and `path`, put in here, replays it: `{ seed: 1, path: '2:0' }`. */
const REPLAY: { readonly seed?: number; readonly path?: string } = {};
const MiB = 2 ** 20;
const ID = 'rogue';

type Step = (rogue: Rogue) => unknown;

/** A member that does what it likes, on channels that are the test's. */
class Rogue {
  readonly channels: FakeChannel[] = [];
  readonly promises: Promise<string>[] = [];
  /** What its description allows a message to have, in bytes. */
  largest = 65_536;
  #line: FakeChannel | undefined;

  constructor(
    readonly talker: Talker,
    readonly clock: FakeClock,
  ) {
    this.connect();
  }

  /** It is there over a connection, and soon over another one. */
  connect(status: PeerStatus = 'connected', connection = this.#connection()): void {
    const link: Link = { connection, status };
    this.talker.link(ID, link);
  }

  become(status: PeerStatus): void {
    this.connect(status, this.talker.links.get(ID)!.connection);
  }

  open(protocol: string): FakeChannel {
    const channel = new FakeChannel(protocol);
    this.channels.push(channel);
    this.talker.exchange.take(ID, asChannel(channel));
    return channel;
  }

  /** On any channel. */
  say(at: number, data: unknown): void {
    this.#at(at)?.onmessage?.({ data });
  }

  /** Where our kit would say it; of a file that it was offered itself, where that is meant. */
  tell(control: object): void {
    if (this.#line?.onmessage === null) this.#line = undefined;
    this.#line ??= this.open('messages line 0');
    const { own, ...said } = control as { own?: boolean };
    const body = own ? { ...said, id: this.offered } : said;
    this.#line.onmessage?.({ data: new Uint8Array([0x80, ...text.encode(JSON.stringify(body))]).buffer });
  }

  /** Some of a file that is fetched from it. */
  feed(at: number, size: number): void {
    const fetched = this.channels.filter((one) => one.protocol.startsWith('file') && one.onmessage);
    fetched[at % fetched.length]?.onmessage!({ data: new ArrayBuffer(size) });
  }

  opens(at: number): void {
    const channel = this.#at(at);
    if (channel?.readyState !== 'connecting') return;
    channel.readyState = 'open';
    channel.onopen?.();
  }

  closes(at: number): void {
    const channel = this.#at(at);
    if (!channel) return;
    channel.readyState = 'closed';
    channel.onclose?.();
  }

  /** The file that it was offered last. */
  get offered(): string {
    const { progress } = this.talker;
    return progress.findLast(({ peerId, direction }) => peerId === ID && direction === 'out')?.id ?? 'none';
  }

  #at(at: number): FakeChannel | undefined {
    return this.channels[at % this.channels.length];
  }

  #connection(): RTCPeerConnection {
    const createDataChannel = (_: string, { protocol }: RTCDataChannelInit): RTCDataChannel => {
      const channel = new FakeChannel(protocol);
      channel.readyState = 'connecting';
      this.channels.push(channel);
      return asChannel(channel);
    };
    const sctp = { maxMessageSize: this.largest };
    return { signalingState: 'stable', createDataChannel, sctp } as unknown as RTCPeerConnection;
  }
}

const text = new TextEncoder();
const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'x'.repeat(64));
const count = fc.constantFrom('0', '0', '1', '2', '9', '-1', 'x', '', '9'.repeat(15), '9'.repeat(16));
const protocol = fc.oneof(
  fc.tuple(fc.constantFrom('messages', 'file', 'shell'), name, count).map((words) => words.join(' ')),
  fc.string(),
);
const control = fc.record(
  {
    t: fc.constantFrom('offer', 'offer', 'offer', 'ask', 'stored', 'cancel'),
    id: fc.oneof({ weight: 2, arbitrary: name }, { weight: 3, arbitrary: fc.stringMatching(/^\w{1,9}$/) }),
    name: fc.string(),
    type: fc.constantFrom('', 'text/plain', 'nonsense'),
    size: fc.constantFrom(0, 1, 10, 70_000, 2 * MiB, 2 ** 40),
    why: fc.constantFrom('refused', 'aborted', 'damaged', 'unknown'),
    own: fc.boolean(),
  },
  { noNullPrototype: true },
);
/** Controls that are none, bytes, texts, and what is no data at all. */
const malformed = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => bytes.slice().buffer),
  fc
    .tuple(fc.constantFrom(0, 1, 2, 3, 0x80, 0x81, 0x82), fc.json())
    .map(([head, json]) => new Uint8Array([head, ...text.encode(json)]).buffer),
  fc.constantFrom(0, 1, 10, 16_384, 65_536, 2 * MiB).map((size) => new ArrayBuffer(size)),
  fc.oneof(count, fc.json(), fc.string()),
  fc.constantFrom(null, undefined, 7, new Blob(['x'])),
);
const at = fc.nat({ max: 30 });
const status = fc.constantFrom<PeerStatus>('connected', 'connected', 'reconnecting', 'failed', 'offline');

/** Other tasks have their turn: whatever is hashed and stored goes on. */
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      port2.close();
      resolve();
    };
    port1.postMessage(null);
  });
const send = (rogue: Rogue): void => {
  rogue.promises.push(codeOf(rogue.talker.exchange.send('hello', { to: ID })));
};
const sendFile = (rogue: Rogue): void => {
  rogue.promises.push(codeOf(rogue.talker.exchange.sendFile(new Blob(['x'.repeat(99)]), { to: ID })));
};
const abort = ({ talker }: Rogue): void => talker.progress.findLast(({ peerId }) => peerId === ID)?.abort();

/** What a kit could do, though seldom in this order. */
const plausible: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 8, arbitrary: control.map((said) => (rogue: Rogue) => rogue.tell(said)) },
  {
    weight: 3,
    arbitrary: fc.tuple(at, count).map(
      ([n, said]) =>
        (rogue: Rogue) =>
          rogue.say(n, said),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(at, fc.constantFrom(1, 10, 35_000, MiB)).map(
      ([n, size]) =>
        (rogue: Rogue) =>
          rogue.feed(n, size),
    ),
  },
  { weight: 4, arbitrary: at.map((n) => (rogue: Rogue) => rogue.opens(n)) },
  { weight: 2, arbitrary: at.map((n) => (rogue: Rogue) => rogue.closes(n)) },
  { weight: 2, arbitrary: fc.constant((rogue: Rogue) => void rogue.open(`file ${rogue.offered} 0`)) },
  { weight: 2, arbitrary: fc.constantFrom<Step>(send, sendFile, abort) },
  { weight: 1, arbitrary: status.map((next) => (rogue: Rogue) => rogue.become(next)) },
  { weight: 1, arbitrary: fc.constant((rogue: Rogue) => rogue.connect()) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(100, 1000, 31_000).map((ms) => (rogue: Rogue) => rogue.clock.advance(ms)),
  },
  { weight: 3, arbitrary: fc.constant(turn) },
];
/** And what none does. */
const nonsense: readonly fc.WeightedArbitrary<Step>[] = [
  {
    weight: 6,
    arbitrary: fc.tuple(at, malformed).map(
      ([n, said]) =>
        (rogue: Rogue) =>
          rogue.say(n, said),
    ),
  },
  { weight: 4, arbitrary: protocol.map((said) => (rogue: Rogue) => void rogue.open(said)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 1, 1024, Infinity).map((largest) => (rogue: Rogue) => {
      rogue.largest = largest;
      rogue.connect();
    }),
  },
];

describe('members who send anything at all', () => {
  const errors: unknown[] = [];
  const note = (event: ErrorEvent | PromiseRejectionEvent): void =>
    void errors.push('reason' in event ? event.reason : event.error);
  before(() => {
    window.addEventListener('error', note);
    window.addEventListener('unhandledrejection', note);
  });
  after(() => {
    window.removeEventListener('error', note);
    window.removeEventListener('unhandledrejection', note);
  });

  it('get no file chunk by chunk where they allow next to nothing at once', async () => {
    const clock = new FakeClock();
    const { two } = new Two(clock);
    // Whoever cut a file for the last of them would never come to its end.
    for (const largest of [1023, 1, 0]) {
      const rogue = new Rogue(two, clock);
      rogue.largest = largest;
      rogue.connect();
      sendFile(rogue);
      const channel = rogue.open(`file ${rogue.offered} 0`);
      expect([channel.readyState, channel.sent.length]).to.deep.equal(['closed', 0]);
      expect(await rogue.promises[0]).to.equal('connection-failed');
    }
    two.exchange.close();
    expect(clock.pending, 'timers that are left').to.equal(0);
  });

  for (const [what, steps] of Object.entries({
    'what a kit could': plausible,
    nonsense: [...plausible, ...nonsense],
  })) {
    it(`and do ${what} hinder no honest file, and leave nothing behind`, async function () {
      this.retries(0);
      this.timeout(90_000);
      const clock = new FakeClock();
      const both = new Two(clock);
      const { one, two } = both;
      await both.connect();
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      // It moves as long as there are others.
      let others = true;
      const write = async (chunk: Uint8Array<ArrayBuffer>): Promise<void> => {
        chunks.push(chunk);
        if (others) await new Promise((resolve) => setTimeout(resolve, 100));
      };
      two.heard = (event) => {
        const offer = two.offers.at(-1)!;
        if (event.type !== 'file-offer') return;
        if (offer.from === 'one') offer.accept(new WritableStream({ write }));
        // Thousands of files on a disk take longer than the test.
        else if (offer.transfer.size > MiB) offer.accept(new WritableStream());
      };
      const file = fileOf(40 * MiB);
      let settled = false;
      const sent = codeOf(one.exchange.sendFile(file)).finally(() => (settled = true));
      await until(() => chunks.length > 1, 'it moves');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.oneof(...steps), { maxLength: STEPS, size: 'max' }), async (all) => {
          two.events.length = 0;
          const rogue = new Rogue(two, clock);
          for (const step of all) await step(rogue);
          two.links.delete(ID);
          two.exchange.forget(ID);
          const over = await Promise.race([
            Promise.all(rogue.promises).then(() => true),
            new Promise((resolve) => setTimeout(resolve, 3000)),
          ]);
          expect(over, 'that no promise is left waiting').to.equal(true);
          const left = rogue.channels.filter(({ readyState }) => readyState !== 'closed');
          expect(left.map((channel) => channel.protocol)).to.deep.equal([]);
          const last = new Map(two.progress.map((transfer) => [transfer.id, transfer]));
          const open = [...last.values()].filter((transfer) => transfer.peerId === ID && !isOver(transfer));
          expect(open.map(({ status }) => status)).to.deep.equal([]);
          await turn();
          expect(errors).to.deep.equal([]);
        }),
        { numRuns: RUNS, endOnFailure: true, ...REPLAY },
      );
      others = false;
      await until(() => {
        clock.advance(200);
        return settled;
      }, 'the honest file has arrived');
      expect(await sent).to.equal('');
      expect(await isSame(file, new Blob(chunks))).to.equal(true);
      both.close();
      expect(clock.pending, 'timers that are left').to.equal(0);
      expect(errors).to.deep.equal([]);
    });
  }
});
