import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import mqtt from 'mqtt-packet';
import { importTs } from '../support/import-ts.mjs';

// The client's codec against the one of the broker.
const codec = await importTs('components/engine/signaling/mqtt/packets.ts');
const limit = 1000;

/** The packets in these chunks, as the client reads them. */
function read(chunks) {
  const reader = new codec.PacketReader(limit);
  return chunks.flatMap((chunk) => [...reader.read(chunk)]);
}

/** The packets in these bytes, as the broker reads them. */
function readAtBroker(bytes) {
  const parser = mqtt.parser({ protocolVersion: 4 });
  const packets = [];
  parser.on('packet', (packet) => packets.push(packet));
  parser.on('error', (error) => assert.fail(error));
  assert.equal(parser.parse(Buffer.from(bytes)), 0, 'nothing is left over');
  return packets;
}

const topic = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((text) => !/[#+\0]/.test(text));
const payload = fc.uint8Array({ maxLength: 600 });
const id = fc.integer({ min: 1, max: 0xffff });

/** What a broker sends, and what the client must make of it. */
const fromBroker = fc.oneof(
  fc.integer({ min: 0, max: 5 }).map((code) => [
    { cmd: 'connack', returnCode: code, sessionPresent: false },
    { type: 'connack', code },
  ]),
  fc.tuple(topic, payload, fc.option(id, { nil: 0 }), fc.boolean()).map(([topic, payload, id, retain]) => [
    { cmd: 'publish', topic, payload: Buffer.from(payload), qos: id ? 1 : 0, retain, messageId: id },
    { type: 'publish', topic, payload, id },
  ]),
  id.map((id) => [
    { cmd: 'puback', messageId: id },
    { type: 'puback', id },
  ]),
  fc.tuple(id, fc.array(fc.constantFrom(0, 1, 2, 128), { minLength: 1, maxLength: 4 })).map(([id, codes]) => [
    { cmd: 'suback', messageId: id, granted: codes },
    { type: 'suback', id, codes },
  ]),
  fc.constant([{ cmd: 'pingresp' }, { type: 'pingresp' }]),
);

/** Cuts bytes at the given places. */
function cut(bytes, places) {
  const at = [
    0,
    ...[...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b),
    bytes.length,
  ];
  return at.slice(1).map((end, index) => new Uint8Array(bytes.subarray(at[index], end)));
}

/** fast-check prints the seed of a failure; FC_SEED repeats it. */
const run = (property, numRuns) =>
  fc.assert(property, { numRuns, ...(process.env.FC_SEED && { seed: Number(process.env.FC_SEED) }) });

describe('the codec of the MQTT client', () => {
  it('reads what the broker writes, however it is cut', () => {
    run(
      fc.property(
        fc.array(fromBroker, { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (packets, places) => {
          const bytes = Buffer.concat(packets.map(([packet]) => mqtt.generate(packet)));
          assert.deepEqual(
            read(cut(bytes, places)),
            packets.map(([, expected]) => expected),
          );
        },
      ),
      1000,
    );
  });

  it('writes what the broker reads', () => {
    run(
      fc.property(
        topic,
        topic,
        payload,
        id,
        fc.boolean(),
        fc.nat(0xffff),
        (one, other, payload, id, retain, keepAlive) => {
          const [connect, publish, publish0, puback, subscribe, ping, disconnect] = readAtBroker(
            Buffer.concat([
              codec.connectPacket({ clientId: 'client_id-1' }, keepAlive, one),
              codec.publishPacket(one, payload, id, retain),
              codec.publishPacket(other, payload, 0, retain),
              codec.pubackPacket(id),
              codec.subscribePacket(id, [`${one}/+`, other]),
              codec.pingreqPacket(),
              codec.disconnectPacket(),
            ]),
          );
          assert.equal(connect.clientId, 'client_id-1');
          assert.equal(connect.protocolVersion, 4);
          assert.equal(connect.clean, true);
          assert.equal(connect.keepalive, keepAlive);
          assert.equal(connect.will.topic, one);
          assert.equal(connect.will.payload.length, 0);
          assert.equal(connect.will.qos, 1);
          assert.equal(connect.will.retain, true);
          assert.equal(publish.topic, one);
          assert.deepEqual(new Uint8Array(publish.payload), payload);
          assert.deepEqual([publish.qos, publish.messageId, publish.retain], [1, id, retain]);
          assert.deepEqual([publish0.qos, publish0.topic, publish0.retain], [0, other, retain]);
          assert.deepEqual([puback.cmd, puback.messageId], ['puback', id]);
          assert.deepEqual(
            subscribe.subscriptions.map(({ topic, qos }) => [topic, qos]),
            [
              [`${one}/+`, 0],
              [other, 0],
            ],
          );
          assert.deepEqual([ping.cmd, disconnect.cmd], ['pingreq', 'disconnect']);
        },
      ),
      300,
    );
  });

  it('writes every size of remaining length', () => {
    for (const size of [0, 100, 124, 125, 126, 16_380, 16_381, 2_097_148, 2_097_149]) {
      const [packet] = readAtBroker(codec.publishPacket('t', new Uint8Array(size), 0, false));
      assert.equal(packet.payload.length, size);
    }
  });

  it('throws nothing but its own error at random bytes', () => {
    const headed = fc
      .tuple(
        fc.constantFrom(0x20, 0x30, 0x32, 0x36, 0x40, 0x90, 0xd0, 0xff),
        fc.nat(40),
        fc.uint8Array({ maxLength: 80 }),
      )
      .map(([head, length, rest]) => Uint8Array.of(head, length, ...rest));
    run(
      fc.property(
        fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), headed), { maxLength: 5 }),
        (chunks) => {
          try {
            read(chunks);
          } catch (error) {
            assert.ok(error instanceof codec.PacketError, String(error));
          }
        },
      ),
      5000,
    );
  });

  it('does the same with flipped and cut real packets', () => {
    run(
      fc.property(
        fc.array(fromBroker, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.nat(255),
        fc.nat(),
        (packets, at, by, end) => {
          const bytes = Buffer.concat(packets.map(([packet]) => mqtt.generate(packet)));
          bytes[at % bytes.length] ^= by;
          try {
            read([new Uint8Array(bytes.subarray(0, end % (bytes.length + 1)))]);
          } catch (error) {
            assert.ok(error instanceof codec.PacketError, String(error));
          }
        },
      ),
      2000,
    );
  });

  it('passes over any message beyond the limit', () => {
    const good = mqtt.generate({ cmd: 'publish', topic: 't', payload: Buffer.from('good'), qos: 0 });
    run(
      fc.property(
        fc.integer({ min: limit - 3, max: limit * 3 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (size, places) => {
          const large = mqtt.generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(size), qos: 0 });
          const packets = read(cut(Buffer.concat([good, large, good]), places));
          const middle = size + 3 > limit ? 'oversize' : 'publish';
          assert.deepEqual(
            packets.map(({ type }) => type),
            ['publish', middle, 'publish'],
          );
        },
      ),
      300,
    );
  });

  it('reads a packet in single bytes in time that grows with its size', () => {
    const reader = new codec.PacketReader(1_000_000);
    const bytes = mqtt.generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(300_000), qos: 0 });
    const start = performance.now();
    let packets = 0;
    for (const byte of bytes)
      for (const packet of reader.read(Uint8Array.of(byte))) packets += packet.payload.length;
    assert.equal(packets, 300_000);
    assert.ok(performance.now() - start < 5000);
  });
});
