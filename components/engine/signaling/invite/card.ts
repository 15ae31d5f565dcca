/** Where a peer may be reached over UDP. */
export interface CardCandidate {
  readonly type: (typeof candidateTypes)[number];
  /** An IPv4 or IPv6 address, or a name that browsers give to a local address: `<uuid>.local`. */
  readonly address: string;
  readonly port: number;
}

/** What one end of a connection must know of the other: the part of an SDP that is not the same in all of them. */
export interface Card {
  readonly ufrag: string;
  readonly password: string;
  /** SHA-256 of the certificate. */
  readonly fingerprint: Uint8Array;
  readonly candidates: readonly CardCandidate[];
}

export const candidateTypes = ['host', 'srflx', 'relay'] as const;

/** Of each type, so that none crowds the others out of what fits into a code. */
const CANDIDATES = 6;
const MAX_MESSAGE_SIZE = 262_144;

/** Reads the card out of what a browser wrote, or null where something is not as all browsers have it. */
export function cardOf(sdp: string): Card | null {
  const ufrag = /^a=ice-ufrag:(.+)$/m.exec(sdp)?.[1]?.trim();
  const password = /^a=ice-pwd:(.+)$/m.exec(sdp)?.[1]?.trim();
  const hash = /^a=fingerprint:sha-256 ([\dA-F:]+)/im.exec(sdp)?.[1];
  if (!ufrag || !password || !hash) return null;
  const fingerprint = Uint8Array.from(hash.split(':'), (pair) => parseInt(pair, 16));
  const all = [...sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ (\w+)/gim)].flatMap((found) => {
    const [address, port, type] = [
      found[1]!,
      Number(found[2]),
      candidateTypes.find((one) => one === found[3]),
    ];
    return type ? [{ type, address, port }] : [];
  });
  const candidates = candidateTypes.flatMap((type) =>
    all.filter((candidate) => candidate.type === type).slice(0, CANDIDATES),
  );
  return { ufrag, password, fingerprint, candidates };
}

/** The SDP of a connection that carries one data channel, as if the browser of the card's owner had written it. */
export function sdpOf(
  { ufrag, password, fingerprint, candidates }: Card,
  setup: 'active' | 'passive',
): string {
  const hash = [...fingerprint].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=ice-options:trickle',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${password}`,
    `a=fingerprint:sha-256 ${hash}`,
    `a=setup:${setup}`,
    'a=sctp-port:5000',
    `a=max-message-size:${MAX_MESSAGE_SIZE}`,
    ...candidates.map((candidate, index) => `a=${candidateLine(candidate, index)}`),
  ];
  return lines.map((line) => `${line}\r\n`).join('');
}

/** One candidate as `addIceCandidate` takes it. */
export function candidateLine({ type, address, port }: CardCandidate, index: number): string {
  // The owner's own priorities are not told: any that rank the types alike do.
  const priority = [126, 100, 0][candidateTypes.indexOf(type)]! * 2 ** 24 + (65_535 - index) * 256 + 255;
  const related = address.includes(':') ? '::' : '0.0.0.0';
  const base = type === 'host' ? '' : ` raddr ${related} rport 0`;
  return `candidate:${index + 1} 1 udp ${priority} ${address} ${port} typ ${type}${base}`;
}
