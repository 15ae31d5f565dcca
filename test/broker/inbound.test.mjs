import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import mqtt from 'mqtt-packet';
import { inboundGuard } from '../../broker/inbound.js';

const limits = { rate: 10, burst: 100 };
const publish = (size) =>
  mqtt.generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(size),
    qos: 0,
    retain: false,
    dup: false,
  });

/** What is said of these bytes, cut at these places. */
function judge(guard, bytes, places = []) {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let n = 1; n < cuts.length; n++) {
    const fault = guard(bytes.subarray(cuts[n - 1], cuts[n]));
    if (fault) return fault;
  }
  return undefined;
}

describe('the guard of what comes in', () => {
  it('counts packets, however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 30 }),
        fc.array(fc.nat()),
        (sizes, places) => {
          const guard = inboundGuard({ rate: 1, burst: sizes.length }, () => 0);
          assert.equal(judge(guard, Buffer.concat(sizes.map(publish)), places), undefined);
          assert.equal(judge(guard, publish(0)), 'rate');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('counts a large packet as several', () => {
    const guard = inboundGuard(limits, () => 0);
    for (let n = 0; n < 5; n++) assert.equal(guard(publish(65_536)), undefined);
    assert.equal(guard(publish(65_536)), 'rate');
  });

  it('lets more through as time goes by, and saves up no more than the burst', () => {
    let now = 0;
    const guard = inboundGuard(limits, () => now);
    const send = (count) => judge(guard, Buffer.concat(Array.from({ length: count }, () => publish(1))));
    assert.equal(send(100), undefined);
    assert.equal(send(1), 'rate');
    now += 1000;
    assert.equal(send(10), undefined);
    assert.equal(send(1), 'rate');
    now += 3_600_000;
    assert.equal(send(100), undefined);
    assert.equal(send(1), 'rate');
  });

  it('refuses a large packet by its first bytes', () => {
    assert.equal(inboundGuard(limits)(publish(70_000).subarray(0, 4)), 'size');
    assert.equal(inboundGuard(limits)(Buffer.from('30ffffff7f', 'hex')), 'size');
    assert.equal(inboundGuard(limits)(publish(69_000)), undefined);
  });

  it('refuses a length of five bytes', () => {
    assert.equal(inboundGuard(limits)(Buffer.from('30ffffffff', 'hex')), 'malformed');
    assert.equal(inboundGuard(limits)(Buffer.from('3080808080', 'hex')), 'malformed');
  });
});
