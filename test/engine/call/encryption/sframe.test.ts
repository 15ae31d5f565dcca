import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import {
  AES_128_GCM_SHA256_128,
  AES_256_GCM_SHA512_128,
  decryptFrame,
  deriveKey,
  encryptFrame,
} from '../../../../components/engine/call/encryption/sframe.js';
import { decodeHeader, encodeHeader } from '../../../../components/engine/call/encryption/sframe-header.js';
import { headers, shared, suites } from './sframe-vectors.js';

const known = { AES_128_GCM_SHA256_128, AES_256_GCM_SHA512_128 };

function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function hex(data: Uint8Array | null): string {
  return [...(data ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('the header of a secure frame', function () {
  this.retries(0);
  for (const [kid, ctr, header] of headers) {
    it(`is ${header} for key ${kid} and counter ${ctr}`, () => {
      const [id, counter] = [BigInt(`0x${kid}`), BigInt(`0x${ctr}`)];
      expect(hex(encodeHeader(id, counter))).to.equal(header);
      expect(decodeHeader(bytes(`${header}00`))).to.deep.equal({
        kid: id,
        ctr: counter,
        length: header.length / 2,
      });
    });
  }

  it('comes out as it went in, and is no header when cut', () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(number, number, (kid, ctr) => {
        const header = encodeHeader(kid, ctr);
        expect(decodeHeader(header)).to.deep.equal({ kid, ctr, length: header.length });
        expect(decodeHeader(header.subarray(0, -1))).to.equal(null);
      }),
      { numRuns: 500 },
    );
  });
});

describe('secure frames', () => {
  const metadata = bytes(shared.metadata);
  const plaintext = bytes(shared.plaintext);

  for (const [name, { salt, frame }] of Object.entries(suites)) {
    it(`are those of the RFC with ${name}`, async () => {
      const suite = known[name as keyof typeof known];
      const key = await deriveKey(suite, bytes(shared.baseKey), shared.kid);
      expect(hex(key.salt)).to.equal(salt);
      expect(hex(await encryptFrame(key, shared.ctr, metadata, plaintext))).to.equal(frame);
      expect(hex(await decryptFrame(key, metadata, bytes(frame)))).to.equal(shared.plaintext);
    });
  }

  it('do not open after any bit has flipped, nor cut, nor with another key or metadata', async () => {
    const suite = AES_256_GCM_SHA512_128;
    const key = await deriveKey(suite, bytes(shared.baseKey), shared.kid);
    const frame = await encryptFrame(key, shared.ctr, metadata, plaintext);
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const flipped = frame.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(await decryptFrame(key, metadata, flipped), `bit ${bit}`).to.equal(null);
    }
    for (let size = 0; size < frame.length; size++) {
      expect(await decryptFrame(key, metadata, frame.slice(0, size)), `${size} bytes`).to.equal(null);
    }
    expect(await decryptFrame(key, metadata.slice(1), frame)).to.equal(null);
    for (const other of [
      await deriveKey(suite, bytes(shared.baseKey), shared.kid + 1n),
      await deriveKey(suite, bytes(`${shared.baseKey}00`), shared.kid),
      await deriveKey(AES_128_GCM_SHA256_128, bytes(shared.baseKey), shared.kid),
    ]) {
      expect(await decryptFrame(other, metadata, frame)).to.equal(null);
    }
  });

  it('of nothing are something', async () => {
    const key = await deriveKey(AES_256_GCM_SHA512_128, bytes(shared.baseKey), 1n);
    const frame = await encryptFrame(key, 0n, new Uint8Array(), new Uint8Array());
    expect(frame.length).to.equal(17);
    expect(await decryptFrame(key, new Uint8Array(), frame)).to.deep.equal(new Uint8Array());
  });
});
