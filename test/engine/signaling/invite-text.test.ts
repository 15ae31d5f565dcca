import { expect } from '@open-wc/testing';
import fc from 'fast-check';
import { MediaKitError } from '../../../components/engine/errors.js';
import { cardOf, sdpOf, type Card } from '../../../components/engine/signaling/invite/card.js';
import { readLetter, writeLetter } from '../../../components/engine/signaling/invite/text.js';

const text = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength, maxLength });
const iceLetters = 'ABCYZabcyz0189+/';
const hex = (length: number) => text('0123456789abcdef', length, length);
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6().filter((one) => !one.includes('.')),
  fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => `${parts.join('-')}.local`),
);
const candidate = fc.record({
  type: fc.constantFrom('host' as const, 'srflx' as const, 'relay' as const),
  address,
  port: fc.integer({ min: 1, max: 65_535 }),
});
const card: fc.Arbitrary<Card> = fc.record({
  ufrag: text(iceLetters, 4, 20),
  password: text(iceLetters, 22, 40),
  fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  candidates: fc.array(candidate, { minLength: 1, maxLength: 18 }),
});
const kind = fc.constantFrom('invite' as const, 'reply' as const);
const mark = fc.nat(0xffff_ffff);

/** The same address in one spelling. */
const plain = ({ type, address: at, port }: Card['candidates'][number]): string =>
  `${type} ${at.includes(':') ? new URL(`http://[${at}]`).hostname : at} ${port}`;

const example: Card = {
  ufrag: 'abcd',
  password: 'abcdefghijklmnopqrstuvwx',
  fingerprint: new Uint8Array(32).fill(7),
  candidates: [{ type: 'host', address: '192.168.1.20', port: 50_000 }],
};

describe('the text of invites and replies', function () {
  this.retries(0);
  it('carries every card', () => {
    fc.assert(
      fc.property(kind, card, mark, (which, given, answers) => {
        const letter = readLetter(writeLetter({ kind: which, card: given, answers }), which);
        expect(letter.answers).to.equal(which === 'reply' ? answers : 0);
        expect({ ...letter.card, candidates: letter.card.candidates.map(plain) }).to.deep.equal({
          ...given,
          candidates: given.candidates.map(plain),
        });
      }),
    );
  });

  describe('is read out of what is pasted', () => {
    const whole = writeLetter({ kind: 'invite', card: example, answers: 0 });
    const link = `https://my.example/my-invite-page/?x=reply-a#${whole}`;
    const pasted: Record<string, string> = {
      'the link of a page': link,
      'a full stop': `${link}.`,
      'a comma': `${whole},`,
      quotes: `"${whole}"`,
      'curly quotes': `“${whole}”`,
      'angle brackets': `<${link}>`,
      parentheses: `Come (${link})`,
      'a quoted mail': `> ${whole.replace(/(.{60})/g, '$1\n> ')}`,
      'zero-width spaces': whole.replace(/(.{20})/g, '$1\u200b'),
      'soft hyphens': whole.replace(/(.{40})/g, '$1\u00ad'),
      'marks of a direction': `\u2068${whole}\u2069`,
      'an encoded end of line': `${link}%0A`,
      'a link of Markdown': `[join](${link})`,
      asterisks: `**${whole}**`,
      backticks: `\`${whole}\``,
    };
    for (const [what, given] of Object.entries(pasted)) {
      it(`with ${what}`, () => expect(readLetter(given, 'invite').card).to.deep.equal(example));
    }
  });

  it('refuses every other text as bad-input', () => {
    const base32 = text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 0, 400).map((code) => `INVITE-${code}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), base32, fc.anything()), (given) => {
        let thrown: unknown;
        try {
          readLetter(given, 'invite');
        } catch (error) {
          thrown = error;
        }
        expect(thrown instanceof MediaKitError && thrown.code).to.equal('bad-input');
      }),
      { numRuns: 1000 },
    );
  });

  it('notices every letter that was changed or lost', () => {
    const whole = writeLetter({ kind: 'invite', card: example, answers: 0 });
    const code = fc.integer({ min: 'INVITE-'.length, max: whole.length - 2 });
    fc.assert(
      fc.property(code, fc.constantFrom(...'ABMZ27'), (at, letter) => {
        if (whole[at] !== letter)
          expect(() => readLetter(whole.slice(0, at) + letter + whole.slice(at + 1), 'invite')).to.throw();
        expect(() => readLetter(whole.slice(0, at) + whole.slice(at + 1), 'invite')).to.throw();
      }),
    );
  });

  it('lets nothing into a description that ends a line', () => {
    for (const ufrag of ['ab\r\n', 'abcd\na=x', '', 'ab d', 'äbcd']) {
      const forged = writeLetter({ kind: 'invite', card: { ...example, ufrag }, answers: 0 });
      expect(() => readLetter(forged, 'invite')).to.throw(MediaKitError);
    }
    const bare = writeLetter({ kind: 'invite', card: { ...example, candidates: [] }, answers: 0 });
    expect(() => readLetter(bare, 'invite')).to.throw(MediaKitError);
  });

  it('reads back what it describes', () => {
    fc.assert(
      fc.property(card, (given) => {
        const few = { ...given, candidates: given.candidates.slice(0, 6) };
        const back = cardOf(sdpOf(few, 'active'))!;
        expect(back.candidates.map(plain).sort()).to.deep.equal(few.candidates.map(plain).sort());
        expect([back.ufrag, back.password, ...back.fingerprint]).to.deep.equal([
          few.ufrag,
          few.password,
          ...few.fingerprint,
        ]);
      }),
    );
  });

  it('stays small with more addresses than a device needs, and leaves none of the kinds out', () => {
    const many = (type: string, address: string) =>
      Array.from(
        { length: 40 },
        (_, at) => `a=candidate:1 1 UDP 99 ${address} ${at + 1} typ ${type} raddr 0.0.0.0 rport 0`,
      );
    const sdp = [
      sdpOf({ ...example, candidates: [] }, 'active').trim(),
      ...many('host', 'f1e2d3c4-aaaa-bbbb-cccc-000000000001.local'),
      ...many('srflx', '2001:db8::1'),
      ...many('relay', '198.51.100.7'),
      'a=candidate:1 1 TCP 99 198.51.100.7 9 typ host tcptype active',
      'a=candidate:1 2 UDP 99 198.51.100.7 9 typ host',
      'a=candidate:1 1 UDP 99 192.0.2.1 9 typ prflx',
      'a=candidate:1 1 UDP 99 name.example 9 typ host',
      '',
    ].join('\r\n');
    const large = cardOf(sdp)!;
    const types = large.candidates.map(({ type }) => type);
    expect(types).to.deep.equal(['host', 'srflx', 'relay'].flatMap((type) => Array(6).fill(type)));
    // A QR code of version 25 holds 1451 of these letters at level M.
    expect(writeLetter({ kind: 'reply', card: large, answers: 1 }).length).to.be.lessThan(800);
    expect(cardOf('v=0')).to.equal(null);
  });
});
