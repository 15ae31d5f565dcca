import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { MqttSignaling } from '../../../../components/engine/signaling/mqtt.js';
import { publishPacket } from '../../../../components/engine/signaling/mqtt/packets.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { ScriptedBroker } from './scripted-broker.js';

/** What a failure prints as `seed` and `path`, put in here, replays it: `{ seed: 1, path: '2:0' }`. */
const REPLAY: { readonly seed?: number; readonly path?: string } = {};

const text = new TextEncoder();
const topic = fc.constantFrom(
  ...['pc/1/room/to/ann/bob', 'pc/1/room/p/bob', 'pc/1/room/p/ann', 'pc/1/other/to/ann/bob'],
  ...[
    '',
    '/',
    'pc/1/room/to/ann/',
    'pc/1/room/to/ann/bob/more',
    '$SYS/x',
    'pc/1/room/p/__proto__',
    '\0',
    '#',
  ],
);
const chunk = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 30 }) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(topic, fc.uint8Array({ maxLength: 20 }), fc.nat(2), fc.boolean())
      .map(([at, payload, id, retained]) => publishPacket(at, payload, id, retained)),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      [0x20, 2, 0, 0],
      [0x20, 2, 0, 3],
      [0x90, 4, 0, 1, 0, 0],
      [0xd0, 0],
      [0x40, 2, 0, 1],
    ),
  },
  fc.constant([0x30, 0xff, 0xff, 0xff, 0x7f]),
  fc.constant(text.encode('HTTP/1.1 400 Bad Request\r\n\r\n')),
);

describe('a hostile broker', function () {
  this.retries(0);
  it('throws nothing at us, hears nothing but what it is due, and leaves nothing behind', async function () {
    this.timeout(60_000);
    let [chunks, heard, lost] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(chunk, fc.constantFrom(0, 0, 0, 1, 4000, 16_000)), { maxLength: 60, size: 'max' }),
        async (given) => {
          const broker = new ScriptedBroker();
          const clock = new ManualClock();
          const wrong: string[] = [];
          const signaling = new MqttSignaling(['ws://one/'], {
            WebSocket: broker.WebSocket,
            clock,
            random: () => 1,
          });
          const opening = signaling.open(
            { room: 'room', peer: 'ann', sealed: true },
            {
              presence: (peer, payload) => {
                heard++;
                if (!/^[\w-]{1,64}$/.test(peer)) wrong.push(peer);
                if (payload && payload.length === 0) wrong.push('an empty presence');
              },
              message: (from) => {
                heard++;
                if (!/^[\w-]{1,64}$/.test(from)) wrong.push(from);
              },
              reachable: (yes) => void (yes || lost++),
              ignored: () => {},
              failed: () => lost++,
            },
          );
          opening.catch(() => {});
          await turn();
          broker.last.greet();
          const channel = await opening;
          for (const [bytes, ms] of given) {
            chunks++;
            broker.last.receive(...bytes);
            if (broker.last.closed) {
              clock.advance(6000);
              await turn();
              if (!broker.last.closed) broker.last.greet();
            }
            clock.advance(ms);
            expect(clock.pending).to.be.below(4);
          }
          // One at a time.
          expect(broker.sockets.filter(({ closed }) => !closed).length).to.be.below(2);
          channel.close();
          expect(clock.pending).to.equal(0);
          expect(broker.sockets.every(({ closed, onmessage }) => closed && !onmessage)).to.equal(true);
          expect(wrong).to.deep.equal([]);
        },
      ),
      { numRuns: 900, ...REPLAY },
    );
    if (REPLAY.path !== undefined) return;
    expect(chunks).to.be.above(20_000);
    expect(heard, 'that some is heard').to.be.above(500);
    expect(lost, 'that it was lost now and then').to.be.above(500);
  });
});

/** What was promised has come by then. */
const turn = async (): Promise<void> => {
  for (let count = 0; count < 8; count++) await Promise.resolve();
};
