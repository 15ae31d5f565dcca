/** The way that a connection takes. */
export interface CandidatePair {
  /** Our end: `host`, `srflx`, `prflx` or `relay`. */
  readonly local: RTCIceCandidateType;
  /** The peer's end. */
  readonly remote: RTCIceCandidateType;
  /** `udp` or `tcp`. */
  readonly protocol: string;
  /** How we reach our relay: `udp`, `tcp` or `tls`; null without one. */
  readonly relayProtocol: string | null;
}

/** What makes us send less picture than we could: `qualityLimitationReason`. */
export type QualityLimitation = 'none' | 'cpu' | 'bandwidth' | 'other';

/** One stream of packets, counted since it began. */
export interface Flow {
  readonly sent: boolean;
  readonly kind: string;
  /** When it was counted, in ms. */
  readonly time: number;
  readonly bytes: number;
  readonly packets: number;
  readonly frames: number;
  /** Of what is received: how many packets never came. */
  readonly lost: number;
  /** Of what is sent: the part that the peer misses, 0–1, by its last report. */
  readonly missed: number;
  /** Of what is sent: another value with each report of the peer that something came. */
  readonly proof: number;
  readonly jitter: number;
  readonly width: number;
  readonly height: number;
  readonly codec: string | null;
  readonly limitation: QualityLimitation | null;
  /** What is played now, in ms on the sender's clock. */
  readonly playout: number | null;
}

/** What is kept of a report until the next one: figures only. */
export interface Reading {
  readonly time: number;
  readonly flows: ReadonlyMap<string, Flow>;
  /** The energy of the sound of our own tracks since they began, by their ids; null where the browser does not tell. */
  readonly sounds: ReadonlyMap<string, number | null>;
  readonly roundTrip: number | null;
  readonly candidatePair: CandidatePair | null;
  readonly availableBitrate: number | null;
}

/** A flow with what went through it from one reading to the next, in place of the counts. */
export interface Change extends Flow {
  readonly seconds: number;
  /** The part of the packets that was lost, 0–1. */
  readonly loss: number;
  /** Of what is sent: whether the peer has reported that something came. */
  readonly proven: boolean;
}

/** What is looked at of a report, by the names of the specification; each browser leaves out some of it. */
interface Stat {
  readonly id: string;
  readonly type: string;
  readonly kind: string;
  readonly timestamp: number;
  readonly [name: `${string}Id`]: string | undefined;
  readonly trackIdentifier: string;
  readonly totalAudioEnergy?: number;
  readonly mimeType: string;
  readonly candidateType: RTCIceCandidateType;
  readonly protocol: string;
  readonly relayProtocol?: string;
  readonly qualityLimitationReason?: QualityLimitation;
  readonly [figure: string]: unknown;
}

/** A peer's report that is older says nothing of the present: they come every 5 s where there is only sound. */
const STALE = 10_000;
/** The energy of what 16 bits cannot tell from nothing (−90 dB) in two seconds. */
const NOTHING = 2e-9;

/** Reads what `getStats()` has resolved with. */
export function readReport(report: Pick<RTCStatsReport, 'get' | 'values'>): Reading {
  const get = (id: string | undefined): Stat | undefined => report.get(id!) as Stat | undefined;
  const flows = new Map<string, Flow>();
  const sounds = new Map<string, number | null>();
  let time = 0;
  let roundTrip = 0;
  let pair: Stat | undefined;
  for (const stat of report.values() as Iterable<Stat>) {
    const { id, type, kind, timestamp, totalAudioEnergy } = stat;
    time = Math.max(time, timestamp);
    if (type === 'inbound-rtp') flows.set(id, readFlow(stat, get(stat.codecId)));
    if (type === 'outbound-rtp') flows.set(id, readFlow(stat, get(stat.codecId), get(stat.remoteId) ?? {}));
    if (type === 'remote-inbound-rtp') roundTrip = Math.max(roundTrip, number(stat.roundTripTime));
    if (type === 'transport') pair = get(stat.selectedCandidatePairId);
    if (type === 'media-source' && kind === 'audio')
      sounds.set(stat.trackIdentifier, totalAudioEnergy ?? null);
  }
  const local = get(pair?.localCandidateId);
  const remote = get(pair?.remoteCandidateId);
  return {
    time,
    flows,
    sounds,
    roundTrip: number(pair?.currentRoundTripTime) || roundTrip || null,
    candidatePair:
      local && remote
        ? Object.freeze({
            local: local.candidateType,
            remote: remote.candidateType,
            protocol: local.protocol,
            relayProtocol: local.relayProtocol ?? null,
          })
        : null,
    availableBitrate: number(pair?.availableOutgoingBitrate) || null,
  };
}

/** What has changed between two readings of one connection; nothing where they are the same one. */
export function changesBetween(before: Reading, now: Reading): Change[] {
  return [...now.flows].flatMap(([id, flow]) => {
    const former = before.flows.get(id);
    const grown = (figure: 'bytes' | 'packets' | 'frames' | 'lost'): number =>
      Math.max(0, flow[figure] - (former?.[figure] ?? 0));
    const seconds = (flow.time - (former?.time ?? before.time)) / 1000;
    const packets = grown('packets');
    const lost = grown('lost');
    return seconds > 0
      ? {
          ...flow,
          seconds,
          bytes: grown('bytes'),
          packets,
          frames: grown('frames'),
          loss: flow.sent ? flow.missed : lost && lost / (lost + packets),
          proven: flow.proof !== (former?.proof ?? 0),
        }
      : [];
  });
}

/** The ids of our own tracks that gave no sound at all between two readings, as far as the browser tells. */
export function silentTracks(before: Reading, now: Reading): string[] {
  return [...now.sounds].flatMap(([id, energy]) => {
    const former = before.sounds.get(id) ?? null;
    return energy !== null && former !== null && energy - former < NOTHING ? id : [];
  });
}

/** `remote`: what the peer reports of what we send. */
function readFlow(stat: Stat, codec: Stat | undefined, remote?: Partial<Stat>): Flow {
  const { kind, timestamp: time } = stat;
  const reported = remote?.timestamp ?? 0;
  return {
    sent: !!remote,
    kind,
    time,
    bytes: number(stat.bytesReceived ?? stat.bytesSent),
    packets: number(stat.packetsReceived ?? stat.packetsSent),
    frames: number(stat.framesDecoded ?? stat.framesSent),
    lost: number(stat.packetsLost),
    missed: time - reported < STALE ? number(remote?.fractionLost) : 0,
    // Firefox reports on what no longer comes, too, but says how much came.
    proof: number(remote?.packetsReceived ?? reported),
    jitter: number((remote ?? stat).jitter),
    width: number(stat.frameWidth),
    height: number(stat.frameHeight),
    // Without the `audio/` or `video/`.
    codec: codec?.mimeType.slice(6) ?? null,
    limitation: stat.qualityLimitationReason ?? null,
    playout: number(stat.estimatedPlayoutTimestamp) || null,
  };
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
