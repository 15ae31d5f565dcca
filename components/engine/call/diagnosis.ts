import { MediaKitError } from '../errors.js';

/** What a connection says of a STUN or TURN server that gave no candidate: an `icecandidateerror`. */
export type CandidateError = Pick<RTCPeerConnectionIceErrorEvent, 'url' | 'errorCode' | 'errorText'>;

/** What is known of a connection that does not come about. */
export interface NetworkFacts {
  readonly policy: RTCIceTransportPolicy;
  readonly servers: readonly RTCIceServer[];
  readonly errors: readonly CandidateError[];
  /** The types of our candidates: `host`, `srflx`, `relay`. */
  readonly own: ReadonlySet<string>;
  /** Whether the peer has told any of its candidates. */
  readonly remote: boolean;
  /** Whether there will be no more of ours. */
  readonly gathered: boolean;
  readonly online: boolean;
  /** Whether media have flowed between the two. */
  readonly wasConnected: boolean;
}

const UNAUTHORIZED = 401;
/** From here on a code is the browser's own: it had no answer. */
const UNREACHABLE = 700;

/** Reads the facts from a connection, with the errors since its last ICE restart. */
export function networkFacts(
  connection: RTCPeerConnection,
  errors: readonly CandidateError[],
  wasConnected: boolean,
): NetworkFacts {
  // The page may close it, and Firefox throws then.
  const { localDescription = null, remoteDescription = null } =
    connection.signalingState === 'closed' ? {} : connection;
  const { iceTransportPolicy: policy = 'all', iceServers: servers = [] } = connection.getConfiguration();
  return {
    policy,
    servers,
    errors,
    own: new Set(types(localDescription)),
    remote: types(remoteDescription).length > 0,
    gathered: connection.iceGatheringState === 'complete',
    online: globalThis.navigator?.onLine ?? true,
    wasConnected,
  };
}

/** Whether waiting is of no use: only relays are allowed, there is none, and there was none before. */
export function isHopeless({ policy, own, gathered, online, wasConnected }: NetworkFacts): boolean {
  return policy === 'relay' && gathered && !own.has('relay') && online && !wasConnected;
}

/** Why the connection did not come about, in words that say what to do. */
export function diagnose(facts: NetworkFacts): MediaKitError {
  const { policy, servers, own, remote, gathered, online, wasConnected } = facts;
  const relays = servers.flatMap(({ urls }) => urls).filter(isTurn);
  if (!online) return blocked('This device is offline: join again when it has a network.');
  const trouble = own.has('relay') ? undefined : relayTrouble(facts.errors);
  if (trouble) return blocked(trouble);
  if (policy === 'relay' && !own.has('relay')) {
    if (relays.length === 0)
      return blocked('Only relays are allowed, and ice-servers names no TURN server: add one.');
    return blocked(`No relay was given by ${relays.join(' or ')}: check the address and the network.`);
  }
  if (gathered && own.size === 0)
    return blocked('The browser found no network to connect over: check the network.');
  if (!remote && !wasConnected) {
    return failed('The peer told no address to connect to: it may have no network, or no relay.');
  }
  if (wasConnected) return failed('The connection was lost and did not come back: check the network.');
  if (relays.length === 0) {
    return blocked(
      'No direct way leads from this network to that of the peer: add a TURN server to ice-servers.',
    );
  }
  return failed('No way leads to the peer, neither direct nor by a relay: check the network at both ends.');
}

/** What went wrong with the TURN servers: one that answered says most. */
function relayTrouble(errors: readonly CandidateError[]): string | undefined {
  const ofRelays = errors.filter(({ url }) => isTurn(url));
  const error = ofRelays.find(({ errorCode }) => errorCode < UNREACHABLE) ?? ofRelays[0];
  if (!error) return undefined;
  const { url, errorCode, errorText } = error;
  const server = `The TURN server ${url}`;
  if (errorCode >= UNREACHABLE) {
    return `${server} could not be reached: check its address, and that the network lets it through.`;
  }
  if (errorCode === UNAUTHORIZED) {
    return `${server} refused the credentials (401): they are wrong or have expired, so give fresh ones in ice-servers.`;
  }
  return `${server} gave no relay (${`${errorCode} ${errorText}`.trim()}): ask those who run it.`;
}

const isTurn = (url: string): boolean => /^turns?:/i.test(url);

/** The types of the candidates that a description has gathered. */
function types(description: RTCSessionDescription | null): string[] {
  return [...(description?.sdp.matchAll(/^a=candidate:.* typ (\w+)/gm) ?? [])].map(([, type]) => type!);
}

const blocked = (words: string): MediaKitError => new MediaKitError('network-blocked', words);
const failed = (words: string): MediaKitError => new MediaKitError('connection-failed', words);
