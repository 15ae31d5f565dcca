import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import {
  decodeFrame,
  decodePresence,
  isOtherVersion,
  readCandidates,
  readDescription,
  readHello,
  readNumber,
  readState,
  readView,
} from '../../../components/engine/call/frames.js';
import type { LocalMedia } from '../../../components/engine/call/local-media.js';
import { Pair } from '../../../components/engine/call/pair.js';
import { Roster } from '../../../components/engine/call/roster.js';
import { body, payloadOf, type } from './hostile.js';
import { ModelConnection } from './model-connection.js';
import { FakeClock } from './support.js';

/** What a failure prints as `seed` and `path`, put in here, replays it: `{ seed: 1, path: '2:0' }`. */
const REPLAY: { readonly seed?: number; readonly path?: string } = {};
const RUNS = 2600;
const FRAMES = 100;

/** What happens to a room: mostly messages from its members, true and false ones. */
type Happening =
  | { readonly what: 'message'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly what: 'presence'; readonly from: string; readonly bytes: Uint8Array }
  | { readonly what: 'gone'; readonly from: string }
  | { readonly what: 'lost'; readonly from: string }
  | { readonly what: 'time'; readonly ms: number }
  | { readonly what: 'way'; readonly open: boolean };

/** Those that are taken for names. */
const IDS = ['a', 'b', 'c', 'me', '__proto__'];
const NAMES = [...IDS, '', 'a/b', 'x'.repeat(65)];
const from = fc.constantFrom(...NAMES);
const said = <T extends string>(what: T) =>
  fc.oneof(
    ...NAMES.map((id) => fc.record({ what: fc.constant(what), from: fc.constant(id), bytes: payloadOf(id) })),
  );
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 30, arbitrary: said('message' as const) },
  { weight: 5, arbitrary: said('presence' as const) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('gone' as const, 'lost' as const), from }) },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('time' as const), ms: fc.constantFrom(1, 150, 5000, 100_000) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('way' as const), open: fc.boolean() }) },
);

describe('hostile frames', function () {
  this.retries(0);
  const thrown: unknown[] = [];
  const note = (event: ErrorEvent | PromiseRejectionEvent): void =>
    void thrown.push('reason' in event ? event.reason : event.error);
  const { warn } = console;
  before(() => {
    window.addEventListener('error', note);
    window.addEventListener('unhandledrejection', note);
    // Other versions and crowds are told there.
    console.warn = () => {};
  });
  after(() => {
    console.warn = warn;
    window.removeEventListener('error', note);
    window.removeEventListener('unhandledrejection', note);
  });

  it('never get more out of the readers than what was checked', function () {
    this.timeout(60_000);
    let taken = 0;
    fc.assert(
      fc.property(body, (value) => {
        const read = [
          readHello(value),
          readDescription(value),
          readCandidates(value),
          readState(value),
          readView(value),
        ];
        readNumber(value);
        for (const one of read) {
          if (!one) continue;
          taken++;
          expect(Object.getPrototypeOf(one) === Object.prototype).to.equal(true);
          expect(JSON.stringify(one).length).to.be.below(80_000);
          if ('sdp' in one) expect(one.sdp.split('m=').length).to.be.below(70);
        }
      }),
      { numRuns: 10_000, ...REPLAY },
    );
    expect(taken, 'that some are right').to.be.above(100);
    fc.assert(
      fc.property(payloadOf('a'), (bytes) => {
        const frame = decodeFrame(bytes);
        const presence = decodePresence(bytes);
        isOtherVersion(bytes);
        if (frame) expect(Object.keys(frame).sort().join()).to.match(/^a,(ak,)?b,d,k,n,s,t$/);
        if (presence) expect([...presence.name].length).to.be.below(65);
      }),
      { numRuns: 10_000, ...REPLAY },
    );
  });

  it('over 100,000 of them leave a roster whole, small and able to end', function () {
    this.timeout(100_000);
    let frames = 0;
    let delivered = 0;
    let all = 0;
    fc.assert(
      fc.property(fc.array(happening, { maxLength: FRAMES, size: 'max' }), (happenings) => {
        const clock = new FakeClock();
        let ignored = 0;
        const roster = new Roster({
          id: 'me',
          sid: 'sid-me',
          clock,
          hello: () => ({ v: 1, sid: 'sid-me', ts: 1, name: '' }),
          transmit: () => {},
          seen: () => {},
          confirmed: () => {},
          renamed: () => {},
          gone: () => {},
          message: () => delivered++,
          answered: () => {},
          unsteady: () => {},
          ghost: () => {},
          flooded: () => {},
          ignored: () => ignored++,
          repeated: () => {},
          isConnected: (id) => id === 'b',
          hasHungUp: (id) => id === 'c',
        });
        for (const one of happenings) {
          frames += 'bytes' in one ? 1 : 0;
          switch (one.what) {
            case 'message':
              roster.message(one.from, one.bytes);
              break;
            case 'presence':
              roster.presence(one.from, one.bytes);
              break;
            case 'gone':
              roster.presence(one.from, null);
              break;
            case 'lost':
              roster.connectionLost(one.from);
              break;
            case 'time':
              clock.advance(one.ms);
              break;
            case 'way':
              roster.reachable(one.open);
          }
          expect(roster.members.length).to.be.at.most(IDS.length);
          // For each one it may wait for an answer, owe one, and be missed in two ways.
          expect(clock.pending).to.be.at.most(4 * IDS.length);
        }
        roster.close();
        // What is left runs out by itself and does nothing.
        clock.advance(200_000);
        expect(clock.pending).to.equal(0);
        all += ignored;
      }),
      { numRuns: RUNS, ...REPLAY },
    );
    if (REPLAY.path !== undefined) return;
    expect(frames).to.be.above(100_000);
    expect(all, 'that most are ignored').to.be.above(70_000);
    expect(delivered, 'that some get through').to.be.above(100);
  });

  it('do no harm to a connection, which negotiates with whoever means it', async function () {
    this.timeout(60_000);
    let messages = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.tuple(type, body, fc.nat(400)), { minLength: 40, maxLength: 60 }),
        async (polite, given) => {
          const clock = new FakeClock();
          const connections: ModelConnection[] = [];
          let [ignored, sent] = [0, 0];
          const errors: unknown[] = [];
          const state = { audio: false, video: false, screen: null };
          const media = { outgoing: [], sending: {}, state, tuning: Promise.resolve(null) };
          const pair = new Pair({
            id: 'a',
            polite,
            media: media as unknown as LocalMedia,
            crowd: () => 1,
            clock,
            send: () => sent++,
            dispatch: () => {},
            ignored: () => ignored++,
            failed: (error) => errors.push(error),
            createConnection: () => {
              const connection = new ModelConnection('me', clock, () => 0.5);
              connections.push(connection);
              return connection as unknown as RTCPeerConnection;
            },
            configure: () => Promise.resolve({}),
            reconnect: undefined,
            online: () => true,
            heard: () => true,
            changed: () => {},
          });
          for (const [what, about, ms] of given) {
            messages++;
            pair.receive(what as string, about);
            if (ms % 3 === 0) clock.advance(ms);
            if (ms % 5 === 0) await Promise.resolve();
          }
          for (let turn = 0; turn < 40; turn++) {
            clock.advance(50);
            await Promise.resolve();
          }
          expect(ignored, 'most of it').to.be.above(5);
          expect(connections.length, 'rebuilt no more often than people need').to.be.below(8);
          expect(sent).to.be.below(60);
          expect(errors.length).to.equal(0);
          pair.close();
        },
      ),
      { numRuns: 200, ...REPLAY },
    );
    if (REPLAY.path === undefined) expect(messages).to.be.above(8000);
  });

  it('have thrown nothing that nobody caught', async () => {
    await new Promise((resolve) => setTimeout(resolve));
    expect(thrown.map(String)).to.deep.equal([]);
  });
});
