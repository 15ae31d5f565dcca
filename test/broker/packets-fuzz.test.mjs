import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import mqtt from 'mqtt-packet';
import { importTs } from '../support/import-ts.mjs';

// Whatever a broker, or somebody in its place, may send: what the client takes is what the broker's own codec reads.
const codec = await importTs('components/engine/signaling/mqtt/packets.ts');
// None is too large here: what comes of those is tested elsewhere.
const limit = 2 ** 28;

/** Reads up to the first fault. */
function readHere(chunks) {
  const reader = new codec.PacketReader(limit);
  const packets = [];
  try {
    for (const chunk of chunks) for (const packet of reader.read(chunk)) packets.push(packet);
  } catch (error) {
    assert.ok(error instanceof codec.PacketError, String(error.stack));
    return { packets, fault: error };
  }
  return { packets, fault: null };
}

/** The same by the oracle. */
function readThere(bytes) {
  const parser = mqtt.parser({ protocolVersion: 4 });
  const packets = [];
  let fault = null;
  parser.on('packet', (packet) => packets.push(packet));
  parser.on('error', (error) => (fault = error));
  try {
    parser.parse(Buffer.from(bytes));
  } catch (error) {
    fault = error;
  }
  return { packets, fault };
}

/** What the oracle has read, as the client tells it; null for what a client takes from no broker. */
function told({ cmd, ...packet }) {
  switch (cmd) {
    case 'connack':
      return { type: cmd, code: packet.returnCode };
    case 'publish':
      return packet.qos < 2
        ? {
            type: cmd,
            topic: packet.topic,
            payload: new Uint8Array(packet.payload),
            id: packet.messageId ?? 0,
          }
        : null;
    case 'puback':
      return { type: cmd, id: packet.messageId };
    case 'suback':
      return { type: cmd, id: packet.messageId, codes: [...packet.granted] };
    case 'pingresp':
      return { type: cmd };
    default:
      return null;
  }
}

const head = fc.constantFrom(0x20, 0x30, 0x31, 0x32, 0x33, 0x3a, 0x34, 0x36, 0x40, 0x90, 0xd0);
const bytes = fc.uint8Array({ maxLength: 40 });
/** A packet whose length is that of its body, or nearly. */
const packet = fc
  .tuple(head, bytes, fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1))
  .map(([first, rest, off]) => Uint8Array.of(first, Math.max(0, rest.length + off), ...rest));
/** A message whose topic is as long as it says. */
const message = fc
  .tuple(fc.constantFrom(0x30, 0x31, 0x32, 0x33), fc.uint8Array({ maxLength: 12 }), bytes)
  .map(([first, topic, rest]) =>
    Uint8Array.of(first, topic.length + 2 + rest.length, 0, topic.length, ...topic, ...rest),
  );
const short = fc.constantFrom(
  Uint8Array.of(0x20, 2, 0, 0),
  Uint8Array.of(0x20, 2, 0, 5),
  Uint8Array.of(0x40, 2, 0, 1),
  Uint8Array.of(0x90, 3, 0, 1, 0x80),
  Uint8Array.of(0xd0, 0),
);
const hostile = fc.oneof(packet, message, message, short, short, fc.uint8Array({ maxLength: 12 }));

describe('the codec of the MQTT client, fuzzed', () => {
  it('agrees with the broker’s own about over 100,000 packets, or takes less', () => {
    let [taken, refused] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(hostile, { minLength: 3, maxLength: 9 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        (given, places) => {
          const whole = Buffer.concat(given);
          const at = [
            0,
            ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b),
            whole.length,
          ];
          const chunks = at.slice(1).map((end, index) => new Uint8Array(whole.subarray(at[index], end)));
          const here = readHere(chunks);
          const there = readThere(whole);
          taken += here.packets.length;
          if (here.fault) refused++;
          // Where the oracle stops earlier, at reserved flags and codes, the client ignores those and refuses these.
          const both = Math.min(here.packets.length, there.packets.length);
          assert.deepEqual(here.packets.slice(0, both), there.packets.slice(0, both).map(told));
          const [more] = here.packets.slice(both);
          if (more)
            assert.ok(there.fault && (more.type === 'connack' || more.codes?.some((code) => code > 2)));
          if (here.fault || there.fault) return;
          assert.equal(here.packets.length, there.packets.length, 'nothing is kept back');
        },
      ),
      { numRuns: 80_000, ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }) },
    );
    assert.ok(taken > 20_000, `${taken} were taken`);
    // Nothing is read after a fault: each is of another stream.
    assert.ok(refused > 60_000, `${refused} were malformed`);
    assert.ok(taken + refused > 100_000, `${taken} were taken, ${refused} refused`);
  });

  it('refuses nothing of what a broker may say', () => {
    const id = fc.integer({ min: 1, max: 0xffff });
    const said = fc.oneof(
      fc
        .tuple(fc.string({ minLength: 1, maxLength: 9 }), bytes, fc.option(id, { nil: 0 }))
        .map(([topic, payload, messageId]) => ({
          cmd: 'publish',
          topic,
          payload: Buffer.from(payload),
          qos: messageId ? 1 : 0,
          messageId,
        })),
      fc
        .tuple(id, fc.array(fc.constantFrom(0, 1, 2, 128), { minLength: 1, maxLength: 3 }))
        .map(([messageId, granted]) => ({ cmd: 'suback', messageId, granted })),
    );
    fc.assert(
      fc.property(fc.array(said, { maxLength: 5 }), (list) => {
        const given = list.filter(({ topic }) => topic === undefined || !/[#+\0]/.test(topic));
        const { packets, fault } = readHere([
          new Uint8Array(Buffer.concat(given.map((one) => mqtt.generate(one)))),
        ]);
        assert.equal(fault, null);
        assert.equal(packets.length, given.length);
      }),
      { numRuns: 3000 },
    );
  });
});
