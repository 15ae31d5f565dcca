import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { Digest } from '../../../../components/engine/call/data/digest.js';
import { pack, unpack } from '../../../../components/engine/call/data/payload.js';
import {
  Assembly,
  BLOCK,
  cleanName,
  cleanType,
  decodeJson,
  encodeJson,
  MESSAGE_LIMIT,
  PART_LIMIT,
  partsOf,
  protocolOf,
  readControl,
  readCount,
  readProtocol,
} from '../../../../components/engine/call/data/wire.js';

/** Parts of messages, which come first of all, control messages, and protocols; 100,000 in all. */
const RUNS = { parts: 60_000, controls: 20_000, protocols: 20_000 };
/** How many of them at least are malformed: with the packets of packets-fuzz.test.mjs over 100,000. */
const MALFORMED = { parts: 30_000, controls: 18_000 };
/** A part as it arrives. */
const arrived = (part: Uint8Array | string): ArrayBuffer | string =>
  typeof part === 'string' ? part : (part.slice().buffer as ArrayBuffer);
const sizeOf = (part: Uint8Array | string): number =>
  typeof part === 'string' ? new TextEncoder().encode(part).length : part.length;

describe('the data wire', function () {
  this.retries(0);

  it('knows a file by the SHA-256 of those of its blocks of 512 KiB, one after the other', async () => {
    const digest = new Digest();
    const blocks = [new Uint8Array(524_288).fill(1), new Uint8Array(524_288).fill(2), Uint8Array.of(3, 4, 5)];
    expect(BLOCK).to.equal(524_288);
    // In whatever order they come.
    for (const number of [2, 0, 1]) await digest.add(number, blocks[number]!);
    expect(await digest.of(3)).to.equal('d577b3e7162e66fab7a37e1ea4dc48777a9863881f9300459a8bf311ccb86827');
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    expect(await digest.of(0)).to.equal(empty);
  });

  it('brings every JSON value and all bytes through, whatever their parts', () => {
    const values = fc.oneof(
      fc.jsonValue(),
      fc.uint8Array({ maxLength: 5000 }),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: PART_LIMIT }), (value, largest) => {
        const parts = [...partsOf(pack(value), largest)];
        const assembly = new Assembly();
        const results = parts.map((part) => assembly.add(arrived(part)));
        expect(parts.every((part) => sizeOf(part) <= largest)).to.equal(true);
        expect(results.slice(0, -1).every((result) => result === null)).to.equal(true);
        const got = unpack(results.at(-1)!)!.value;
        if (value instanceof Uint8Array)
          expect([...new Uint8Array(got as ArrayBuffer)]).to.deep.equal([...value]);
        else expect(JSON.stringify(got)).to.equal(JSON.stringify(value));
      }),
    );
  });

  it('survives any parts at all', () => {
    const assembly = new Assembly();
    let [whole, refused] = [0, 0];
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      // Those that look like ours.
      fc
        .tuple(
          fc.constantFrom(0, 1, 2, 3, 0x80, 0x81, 0x82, 0x8f),
          fc.string({ unit: 'binary', maxLength: 20 }),
        )
        .map(([head, text]) => new Uint8Array([head, ...new TextEncoder().encode(text)])),
      fc
        .tuple(fc.constantFrom(0x80, 0x81), fc.json())
        .map(([head, text]) => new Uint8Array([head, ...new TextEncoder().encode(text)])),
      fc.oneof(fc.json(), fc.string()),
    );
    fc.assert(
      fc.property(part, (bytes) => {
        const message = assembly.add(arrived(bytes));
        if (message === undefined) refused++;
        if (!message) return;
        whole++;
        if (message.kind === 'control') readControl(decodeJson(message.body)?.value);
        else unpack(message);
      }),
      { numRuns: RUNS.parts },
    );
    expect(whole).to.be.above(100);
    expect(refused).to.be.above(MALFORMED.parts);
  });

  it('survives any control message, and lets only its own through', () => {
    const id = fc.oneof(fc.constant('abc'), fc.string(), fc.integer());
    const like = fc.record(
      {
        t: fc.oneof(fc.constantFrom('offer', 'ask', 'stored', 'cancel'), fc.anything()),
        id,
        name: fc.oneof(fc.string({ unit: 'binary' }), fc.anything()),
        type: fc.oneof(fc.string(), fc.anything()),
        size: fc.oneof(fc.nat(), fc.double(), fc.anything()),
        why: fc.oneof(fc.constantFrom('refused', 'aborted', 'none'), fc.anything()),
      },
      { requiredKeys: [] },
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(like, fc.anything()), (value) => {
        const control = readControl(value);
        if (!control) return;
        taken++;
        expect(/^[\w-]{1,64}$/.test(control.id)).to.equal(true);
        if (control.t !== 'offer') return;
        expect(Number.isSafeInteger(control.size) && control.size >= 0).to.equal(true);
        expect(/[\p{Cc}\p{Bidi_Control}/\\]/u.test(control.name) || control.name === '').to.equal(false);
      }),
      { numRuns: RUNS.controls },
    );
    expect(taken).to.be.above(100);
    expect(RUNS.controls - taken).to.be.above(MALFORMED.controls);
  });

  it('survives any protocol and any count', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^(file|messages) \w{1,5} \d{1,20}$/)), (text) => {
        const purpose = readProtocol(text);
        if (purpose) expect(readProtocol(protocolOf(purpose))).to.deep.equal(purpose);
        const count = readCount(text);
        if (count !== null) expect(Number.isSafeInteger(count)).to.equal(true);
      }),
      { numRuns: RUNS.protocols },
    );
    expect(readCount(12)).to.equal(null);
  });

  it('puts no more together than a message may have', () => {
    const assembly = new Assembly();
    const part = new Uint8Array(PART_LIMIT);
    part[0] = 2;
    let parts = 0;
    while (assembly.add(part.buffer) === null) parts++;
    expect(parts).to.equal(Math.floor(MESSAGE_LIMIT / (PART_LIMIT - 1)));
    expect(new Assembly().add(new ArrayBuffer(PART_LIMIT + 1))).to.equal(undefined);
    expect(new Assembly().add('1'.repeat(PART_LIMIT + 1))).to.equal(undefined);
  });

  it('keeps none of the parts, however many and small they are', () => {
    const assembly = new Assembly();
    const part = new Uint8Array([2, 7]);
    for (let n = 0; n < 1000; n++) assembly.add(part.buffer);
    part.set([0x82, 9]);
    const { body } = assembly.add(part.buffer)!;
    expect([...(body as Uint8Array)]).to.deep.equal([...new Array<number>(1000).fill(7), 9]);
  });

  it('takes a text for a whole message, and for nothing between the parts of another', () => {
    const assembly = new Assembly();
    expect(unpack(assembly.add('{"a":[1]}')!)!.value).to.deep.equal({ a: [1] });
    expect(unpack(assembly.add('nonsense')!)).to.equal(undefined);
    expect(assembly.add(new Uint8Array([1, 0x31]).buffer)).to.equal(null);
    expect(assembly.add('2')).to.equal(undefined);
    expect(new Assembly().add(new Blob(['2']))).to.equal(undefined);
  });

  it('makes names and types harmless', () => {
    const names = {
      'a.txt': 'a.txt',
      '../../etc/passwd': '.. .. etc passwd',
      'C:\\autoexec.bat': 'C: autoexec.bat',
      'invoice\u202egpj.exe': 'invoice gpj.exe',
      'two\nlines\0': 'two lines',
      '': 'file',
      '..': 'file',
      '👨‍👩‍👧.png': '👨‍👩‍👧.png',
    };
    for (const [name, clean] of Object.entries(names)) expect(cleanName(name)).to.equal(clean);
    expect([...cleanName('👋'.repeat(1000))].length).to.equal(255);
    expect(
      ['image/PNG', 'text/html; charset=x', 'x', 'a/b\n', `a/${'b'.repeat(200)}`].map(cleanType),
    ).to.deep.equal(['image/png', '', '', '', '']);
  });

  it('reads what it writes', () => {
    const offer = { t: 'offer', id: 'abc', name: 'a.txt', type: 'text/plain', size: 3 } as const;
    expect(readControl(decodeJson(encodeJson(offer))!.value)).to.deep.equal(offer);
    expect(readProtocol('file abc 7')).to.deep.equal({ use: 'file', id: 'abc', from: 7 });
  });
});
