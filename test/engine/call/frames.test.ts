import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import {
  checkSize,
  cutName,
  decodeFrame,
  decodePresence,
  encodeFrame,
  encodePresence,
  FRAME_LIMIT,
  PRESENCE_LIMIT,
  readCandidates,
  readDescription,
  readHello,
  readNumber,
  readState,
} from '../../../components/engine/call/frames.js';
import { randomId, roomId } from '../../../components/engine/call/identifiers.js';
import { isIdentifier } from '../../../components/engine/signaling/signaling.js';
import type { MediaKitError } from '../../../components/engine/errors.js';

describe('identifiers', () => {
  it('are 12 random characters', () => {
    const ids = new Set(Array.from({ length: 500 }, randomId));
    expect(ids.size).to.equal(500);
    for (const id of ids) expect(id.length === 12 && isIdentifier(id)).to.equal(true);
  });

  it('name a room by itself or by its hash', async () => {
    expect(await roomId('stand-up_7')).to.equal('stand-up_7');
    // The first 22 characters of the hash of "a/b" in base64url.
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('a/b')));
    const text = btoa(String.fromCharCode(...hash))
      .replaceAll('+', '-')
      .replaceAll('/', '_');
    expect(await roomId('a/b')).to.equal(`h-${text.slice(0, 22)}`);
    for (const name of ['#', '+', 'ä', ' ', 'x'.repeat(10_000)]) {
      const id = await roomId(name);
      expect(isIdentifier(id) && id.length === 24).to.equal(true);
    }
  });

  it('are the same however a name was typed', async () => {
    const name = 'Phòng họp';
    expect(name.normalize('NFC') === name.normalize('NFD')).to.equal(false);
    expect(await roomId(name.normalize('NFD'))).to.equal(await roomId(name.normalize('NFC')));
  });

  it('say what to do where there is no name or no hash', async () => {
    const codeOf = (name: string): Promise<string> =>
      roomId(name).then(
        () => '',
        (error: MediaKitError) => error.code,
      );
    expect(await codeOf('')).to.equal('bad-input');
    Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
    try {
      expect(await codeOf('a/b')).to.equal('insecure-context');
      expect(await codeOf('plain')).to.equal('');
    } finally {
      Reflect.deleteProperty(crypto, 'subtle');
    }
  });
});

describe('frames', function () {
  this.retries(0);
  it('come out as they went in', () => {
    const frame = { s: 'a', d: 'b', k: 'c', n: 1, a: 0, ak: 'e', t: 'state', b: { x: [1, 'ü'] } };
    expect(decodeFrame(encodeFrame(frame))).to.deep.equal(frame);
    const presence = { sid: 'a', ts: 7, name: 'Ann' };
    expect(decodePresence(encodePresence(presence))).to.deep.equal(presence);
  });

  it('keep within the limits', () => {
    const [id, most] = ['a'.repeat(64), Number.MAX_SAFE_INTEGER];
    const largest = { t: 'desc', b: 'x'.repeat(65_000 - '{"t":"desc","b":""}'.length) };
    checkSize(largest);
    expect(() => checkSize({ ...largest, b: `${largest.b}x` })).to.throw('larger than 64 kB');
    const frame = { s: id, d: id, k: id, n: most, a: most, ak: id, ...largest };
    expect(encodeFrame(frame).length).to.be.below(FRAME_LIMIT);
    expect(encodePresence({ sid: 'a', ts: 7, name: '\u0000'.repeat(9999) }).length).to.be.below(
      PRESENCE_LIMIT,
    );
    expect(cutName('😀'.repeat(99))).to.equal('😀'.repeat(64));
    expect(cutName('x'.repeat(99))).to.equal('x'.repeat(64));
  });

  it('describe no more media than any call needs', () => {
    const offer = (sections: number, end = '\r\n'): unknown => {
      const lines = Array.from({ length: sections }, () => 'm=video 9 UDP/TLS/RTP/SAVPF 96');
      return { c: 1, type: 'offer', sdp: ['v=0', 's=m=', ...lines, ''].join(end) };
    };
    expect(readDescription(offer(64))).to.deep.equal(offer(64));
    for (const end of ['\r\n', '\n']) expect(readDescription(offer(65, end))).to.equal(null);
  });

  it('take whatever comes without throwing, and hold only what was checked', () => {
    const readers = [readHello, readDescription, readCandidates, readNumber, readState];
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const read of readers) read(value);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          expect(decodeFrame(bytes)).to.equal(null);
          expect(decodePresence(bytes)).to.equal(null);
        },
      ),
      { numRuns: 500 },
    );
    const body = { c: 1, list: [{ candidate: 'x', evil: 1 }], __proto__: { evil: 1 }, evil: 1 };
    expect(readCandidates(body)).to.deep.equal({
      c: 1,
      list: [{ candidate: 'x', sdpMid: null, sdpMLineIndex: null, usernameFragment: null }],
    });
    expect(readState({ audio: true, video: false, screen: null, evil: 1 })).to.deep.equal({
      audio: true,
      video: false,
      screen: null,
    });
  });
});
