import { expect } from '@open-wc/testing';
import {
  diagnose,
  isHopeless,
  networkFacts,
  type CandidateError,
  type NetworkFacts,
} from '../../../components/engine/call/diagnosis.js';
import { until } from '../../support/wait.js';

const TURN = 'turn:turn.example.org:3478?transport=udp';
const servers = [{ urls: ['stun:stun.example.org', TURN], username: 'ann', credential: 'secret' }];
const problem = (errorCode: number, url = TURN, errorText = ''): CandidateError => ({
  url,
  errorCode,
  errorText,
});

/** What is known of a first connection with a TURN server that found no way between two networks. */
const facts = (more: Partial<NetworkFacts> = {}): NetworkFacts => ({
  policy: 'all',
  servers,
  errors: [],
  own: new Set(['host', 'srflx', 'relay']),
  remote: true,
  gathered: true,
  online: true,
  wasConnected: false,
  ...more,
});
const direct = new Set(['host', 'srflx']);
const none = new Set<string>();

describe('diagnose', () => {
  const cases: [string, Partial<NetworkFacts>, string, RegExp][] = [
    [
      'no network here',
      { online: false, errors: [problem(401)], own: none },
      'network-blocked',
      /is offline/,
    ],
    [
      'refused credentials',
      { policy: 'relay', errors: [problem(401, TURN, 'Unauthorized.')], own: none },
      'network-blocked',
      /^The TURN server turn:turn\.example\.org:3478\?transport=udp refused .* have expired/,
    ],
    [
      'refused credentials beside direct candidates',
      { errors: [problem(401)], own: direct },
      'network-blocked',
      /refused the credentials/,
    ],
    [
      'one server that refused and one that did not answer',
      { policy: 'relay', errors: [problem(701, 'turn:other'), problem(401)], own: none },
      'network-blocked',
      /^The TURN server turn:turn\.example\.org.* refused/,
    ],
    [
      'a server that has no room',
      { policy: 'relay', errors: [problem(486, TURN, 'Allocation Quota Reached')], own: none },
      'network-blocked',
      /gave no relay \(486 Allocation Quota Reached\)/,
    ],
    ['a refusal in no words', { errors: [problem(403)], own: direct }, 'network-blocked', /\(403\)/],
    [
      'a server that does not answer',
      { policy: 'relay', errors: [problem(701)], own: none },
      'network-blocked',
      /^The TURN server turn:turn.* could not be reached/,
    ],
    [
      'a server that answered, beside one that refused',
      { errors: [problem(401, 'turns:other')], remote: false },
      'connection-failed',
      /peer told no address/,
    ],
    [
      'a STUN server that does not answer',
      { errors: [problem(701, 'stun:stun.example.org')], own: direct, servers: [] },
      'network-blocked',
      /add a TURN server/,
    ],
    [
      'only relays, and none named',
      { policy: 'relay', servers: [], own: none },
      'network-blocked',
      /add one/,
    ],
    [
      'only relays, and none given, without a word',
      { policy: 'relay', own: none, gathered: false },
      'network-blocked',
      /^No relay was given by turn:turn\.example\.org/,
    ],
    ['no network to gather from', { own: none }, 'network-blocked', /no network to connect over/],
    ['no word from the peer', { remote: false, own: direct }, 'connection-failed', /peer told no address/],
    ['a connection that broke', { wasConnected: true, servers: [] }, 'connection-failed', /was lost/],
    [
      'a relay that broke with its connection',
      { policy: 'relay', wasConnected: true, own: none, errors: [problem(701)] },
      'network-blocked',
      /could not be reached/,
    ],
    ['no direct way and no relay', { servers: [], own: direct }, 'network-blocked', /add a TURN server/],
    ['a relay that does not help', {}, 'connection-failed', /neither direct nor by a relay/],
    [
      'a relay that is the only way',
      { policy: 'relay', own: new Set(['relay']) },
      'connection-failed',
      /relay/,
    ],
  ];
  for (const [what, known, code, words] of cases) {
    it(`names ${what}`, () => {
      const error = diagnose(facts(known));
      expect(error.code).to.equal(code);
      expect(error.message).to.match(words);
    });
  }
});

describe('isHopeless', () => {
  it('knows what waiting cannot change', () => {
    const noRelay: Partial<NetworkFacts> = { policy: 'relay', own: none };
    const answers = [noRelay, { ...noRelay, own: direct }, { ...noRelay, servers: [] }];
    for (const known of answers) expect(isHopeless(facts(known))).to.equal(true);
  });

  it('waits where a way may be found yet', () => {
    const noRelay: Partial<NetworkFacts> = { policy: 'relay', own: none };
    const answers: Partial<NetworkFacts>[] = [
      {},
      { own: none },
      { policy: 'relay' },
      { ...noRelay, gathered: false },
      { ...noRelay, online: false },
      { ...noRelay, wasConnected: true },
    ];
    for (const known of answers) expect(isHopeless(facts(known)), JSON.stringify(known)).to.equal(false);
  });
});

describe('networkFacts', () => {
  const open: RTCPeerConnection[] = [];
  const connection = (configuration?: RTCConfiguration): RTCPeerConnection => {
    open.push(new RTCPeerConnection(configuration));
    return open.at(-1)!;
  };
  /** Gathers candidates to the end; answers what went wrong on the way. */
  const gather = async (from: RTCPeerConnection): Promise<CandidateError[]> => {
    const errors: CandidateError[] = [];
    from.onicecandidateerror = (error) => errors.push(error);
    from.createDataChannel('any');
    await from.setLocalDescription();
    await until(() => from.iceGatheringState === 'complete', 'gathered', 20_000);
    return errors;
  };

  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  it('reads a connection before, while and after it gathers', async () => {
    const [from, to] = [connection(), connection()];
    const before = networkFacts(from, [], false);
    expect([
      before.policy,
      before.servers.length,
      before.own.size,
      before.remote,
      before.gathered,
    ]).to.deep.equal(['all', 0, 0, false, false]);
    await gather(from);
    const gathered = networkFacts(from, [], true);
    expect([gathered.own.has('host'), gathered.own.has('relay'), gathered.remote]).to.deep.equal([
      true,
      false,
      false,
    ]);
    expect([gathered.gathered, gathered.online, gathered.wasConnected]).to.deep.equal([true, true, true]);
    await to.setRemoteDescription(from.localDescription!);
    expect(networkFacts(to, [], false).remote).to.equal(true);
  });

  it('reads one that the page has closed', async () => {
    const [from, to] = [connection(), connection()];
    from.createDataChannel('any');
    await from.setLocalDescription();
    await to.setRemoteDescription(from.localDescription!);
    for (const one of [from, to]) one.close();
    const read = [from, to].map((one) => networkFacts(one, [], true));
    expect(read.map(({ own, remote }) => [own.size, remote])).to.deep.equal([
      [0, false],
      [0, false],
    ]);
  });

  it('tells of candidates that were added one by one', async () => {
    const [from, to] = [connection(), connection()];
    const candidates: RTCIceCandidate[] = [];
    from.onicecandidate = ({ candidate }) => candidate?.candidate && candidates.push(candidate);
    const gathering = gather(from);
    await until(() => from.localDescription);
    // As it is before there are any.
    const sdp = from.localDescription!.sdp.replace(/^a=(candidate|end-of-candidates).*\r\n/gm, '');
    await to.setRemoteDescription({ type: 'offer', sdp });
    expect(networkFacts(to, [], false).remote).to.equal(false);
    await gathering;
    await to.addIceCandidate(candidates[0]);
    expect(networkFacts(to, [], false).remote).to.equal(true);
  });

  it('has all that a hopeless connection needs to be known as one', async () => {
    const from = connection({ iceTransportPolicy: 'relay' });
    expect(isHopeless(networkFacts(from, [], false))).to.equal(false);
    const known = networkFacts(from, await gather(from), false);
    expect(isHopeless(known)).to.equal(true);
    expect(diagnose(known).message).to.match(/names no TURN server/);
  });

  it('has what the browser says of a TURN server that is not there', async () => {
    const urls = 'turn:127.0.0.1:65535?transport=tcp';
    const from = connection({
      iceTransportPolicy: 'relay',
      iceServers: [{ urls, username: 'ann', credential: 'secret' }],
    });
    const known = networkFacts(from, await gather(from), false);
    expect(isHopeless(known)).to.equal(true);
    const { code, message } = diagnose(known);
    expect(code).to.equal('network-blocked');
    expect(message.startsWith(`The TURN server ${urls} could not be reached`), message).to.equal(true);
  });
});
