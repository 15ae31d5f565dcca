import fc from 'fast-check';

const text = new TextEncoder();

/** Names that mean something to the one who is written to, and others that mean nothing or worse. */
const name = fc.constantFrom<unknown>(
  ...['me', 'sid-me', 'a', 'b', 'c', 'sid-a', 'sid-b', 'sid-c', 'key-a', 'key-b', 'x'.repeat(64)],
  ...['', 'a/b', '__proto__', 'é', '+', '#', 'x'.repeat(65), null, 7, {}, []],
);
const count = fc.oneof(
  fc.integer({ min: -2, max: 70 }),
  fc.constantFrom<unknown>(0.5, -0, NaN, Infinity, 2 ** 53, 2 ** 53 - 1, '1', null, true, [1]),
);
const screen = fc.constantFrom<unknown>(null, 'screen', 'x'.repeat(257), 7, {});
const flag = fc.constantFrom<unknown>(true, false, null, 'true', 1);
const side = fc.constantFrom<unknown>(1, 640, 16_384, 16_385, 0, -1, 1.5, '1', null);
const size = fc.option(fc.record({ width: side, height: side }, { requiredKeys: [] }));
const candidate = fc.record(
  {
    candidate: fc.constantFrom<unknown>('', 'candidate:1 1 udp 1 198.51.100.1 9 typ host', 'x', null, 7),
    sdpMid: fc.constantFrom<unknown>('0', null, 7, 'x'.repeat(999)),
    sdpMLineIndex: count,
    usernameFragment: fc.constantFrom<unknown>(null, 'x', {}),
  },
  { requiredKeys: [] },
);
const sdp = fc.constantFrom<unknown>(
  ...[
    '',
    'v=0\r\n',
    '{"lines":[],"ice":"i"}',
    '{"lines":[{"mid":"0","kind":"audio","direction":"sendrecv"}],"ice":"i"}',
  ],
  ...['{', 'x'.repeat(9999), `v=0\r\n${'m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(999)}`, 7, null],
);

const mostly = <T>(right: readonly T[], wrong: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: wrong });
const helloOf = (id: string) =>
  fc.record(
    {
      v: mostly([1], count),
      sid: mostly([`sid-${id}`], name),
      ts: mostly([1, 2, 3], count),
      name: mostly(['Ann', 'x'.repeat(99)], name),
      entering: count,
      meta: fc.constant({}),
    },
    { requiredKeys: ['v', 'sid', 'ts'] },
  );

/** The bodies of all messages, right, half right and wrong. */
export const body: fc.Arbitrary<unknown> = fc.oneof(
  helloOf('a'),
  fc.record(
    { c: count, type: fc.constantFrom<unknown>('offer', 'answer', 'rollback', 7), sdp },
    { requiredKeys: [] },
  ),
  fc.record({ c: count, list: fc.oneof(fc.array(candidate, { maxLength: 4 }), name) }, { requiredKeys: [] }),
  fc.record({ audio: flag, video: flag, screen }, { requiredKeys: [] }),
  fc.record({ camera: size, screen: size }, { requiredKeys: [] }),
  fc.record({ e: count, g: fc.constantFrom<unknown>(`${'A'.repeat(43)}=`, `${'_'.repeat(43)}=`, '', 7) }),
  fc.anything({ maxDepth: 2, maxKeys: 4 }),
);

export const type: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  ...['hello', 'ack', 'bye', 'desc', 'cands', 'state', 'view', 'restart', 'renegotiate', 'key', 'app'],
  ...['', 'constructor', '__proto__', 'x'.repeat(17), null, 7],
);

const frameOf = (id: string) =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        {
          v: mostly([1], count),
          s: mostly([`sid-${id}`], name),
          d: mostly(['sid-me'], name),
          k: mostly(['key-a'], name),
          n: mostly([1, 2, 3, 4, 5, 6], count),
          a: mostly([0, 1], count),
          ak: fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, name),
          t: type,
          b: body,
        },
        { requiredKeys: ['v', 's', 'd', 'k', 'n', 'a', 't'] },
      ),
    },
    // The first of a conversation, so that some come about.
    helloOf(id).map((b) => ({ v: 1, s: b.sid, d: 'sid-me', k: 'key-a', n: 1, a: 0, t: 'hello', b })),
  );

/** What somebody may send who speaks the language, and wants to do harm. */
export const payloadOf = (id: string): fc.Arbitrary<Uint8Array> =>
  fc
    .oneof(
      { weight: 8, arbitrary: frameOf(id).map(encode) },
      {
        weight: 2,
        arbitrary: fc.tuple(frameOf(id), fc.nat(), fc.nat(255), fc.nat()).map(([whole, at, by, end]) => {
          const bytes = encode(whole);
          bytes[at % bytes.length]! ^= by;
          return end % 3 ? bytes : bytes.subarray(0, end % bytes.length);
        }),
      },
      { weight: 2, arbitrary: fc.oneof(helloOf(id), body).map(encode) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
    )
    // A failure prints text.
    .map((bytes) => Object.assign(bytes, { [fc.toStringMethod]: () => new TextDecoder().decode(bytes) }));

/** As JSON, as far as that can be. */
function encode(value: unknown): Uint8Array {
  try {
    return text.encode(JSON.stringify(value) ?? 'undefined');
  } catch {
    return text.encode('{"v":1');
  }
}
