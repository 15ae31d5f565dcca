import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { Incoming } from '../../../../components/engine/call/encryption/incoming.js';
import { readKey } from '../../../../components/engine/call/encryption/key-message.js';
import { Outgoing } from '../../../../components/engine/call/encryption/outgoing.js';
import { senderKey } from '../../../../components/engine/call/encryption/sender-key.js';

const part = { epoch: 0, grain: new Uint8Array(32) };
const ann = { id: 'ann', sid: 'one' };
const codecs = ['video/VP8', 'video/VP9', 'audio/opus'] as const;

describe('hostile media frames', function () {
  this.retries(0);
  it('are never opened, whatever is changed in a true one, and nothing is thrown', async function () {
    this.timeout(60_000);
    const secret = new Uint8Array(32);
    const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits']);
    const key = await senderKey(material, 'room', ann, part);
    const outgoing = new Outgoing();
    outgoing.key = key;
    const incoming = new Incoming();
    incoming.add(key);
    const frame = fc.uint8Array({ minLength: 10, maxLength: 60 });
    const change = fc.record({
      at: fc.nat(),
      by: fc.nat(255),
      cut: fc.nat(40),
      more: fc.uint8Array({ maxLength: 4 }),
    });
    let frames = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...codecs),
        frame,
        fc.array(change, { maxLength: 20 }),
        async (codec, bytes, changes) => {
          const given = bytes.slice();
          const sealed = (await outgoing.seal(codec, given))!;
          for (const { at, by, cut, more } of changes) {
            const changed = Uint8Array.of(...sealed.subarray(0, Math.max(0, sealed.length - cut)), ...more);
            if (changed.length) changed[at % changed.length]! ^= by;
            if (changed.join() === sealed.join()) continue;
            frames++;
            expect(typeof (await incoming.open(codec, changed))).to.equal('string');
          }
          expect(typeof (await incoming.open(codec, given))).to.equal('string');
          expect(await incoming.open(codec, sealed)).to.deep.equal(given);
          expect(await incoming.open(codec, sealed)).to.equal('replayed');
        },
      ),
      { numRuns: 500 },
    );
    expect(frames).to.be.above(2000);
  });

  it('come with keys that are read or not, and never throw', () => {
    let right = 0;
    const grain = fc.oneof(
      fc.uint8Array({ minLength: 30, maxLength: 34 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
      fc.string(),
      fc.anything(),
    );
    fc.assert(
      fc.property(
        fc.oneof(fc.record({ e: fc.oneof(fc.nat(), fc.anything()), g: grain }), fc.anything()),
        (value) => {
          const read = readKey(value);
          if (!read) return;
          right++;
          expect(read.grain.length).to.equal(32);
          expect(Number.isSafeInteger(read.epoch) && read.epoch >= 0).to.equal(true);
        },
      ),
      { numRuns: 3000 },
    );
    expect(right).to.be.above(20);
  });
});
