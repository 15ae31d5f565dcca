import { expect } from '@open-wc/testing';
import { verificationOf } from '../../../components/engine/call/verification.js';
import { until } from '../../support/wait.js';

/** Connects two, whose descriptions and candidates go through nobody else. */
async function connect(offerer: RTCPeerConnection, answerer: RTCPeerConnection): Promise<void> {
  offerer.onicecandidate = ({ candidate }) => void answerer.addIceCandidate(candidate ?? undefined);
  answerer.onicecandidate = ({ candidate }) => void offerer.addIceCandidate(candidate ?? undefined);
  offerer.createDataChannel('any');
  await offerer.setLocalDescription();
  await answerer.setRemoteDescription(offerer.localDescription!);
  await answerer.setLocalDescription();
  await offerer.setRemoteDescription(answerer.localDescription!);
  await until(
    () => [offerer, answerer].every(({ connectionState }) => connectionState === 'connected'),
    'connected',
  );
}

const described = (local: string | null, remote: string | null): RTCPeerConnection =>
  ({
    localDescription: local === null ? null : { sdp: local },
    remoteDescription: remote === null ? null : { sdp: remote },
  }) as RTCPeerConnection;

describe('the verification of a connection', () => {
  const made: RTCPeerConnection[] = [];
  const create = (): RTCPeerConnection => {
    const connection = new RTCPeerConnection();
    made.push(connection);
    return connection;
  };
  afterEach(() => {
    for (const connection of made.splice(0)) connection.close();
  });

  it('is the same at both ends, and another for each connection and room', async () => {
    const [ann, bob, cid] = [create(), create(), create()];
    expect(await verificationOf(ann, 'room')).to.equal(null);
    await connect(ann, bob);
    const words = await verificationOf(ann, 'room');
    expect(words).to.match(/^\d{5}( \d{5}){5}$/);
    expect(await verificationOf(bob, 'room')).to.equal(words);
    expect(await verificationOf(bob, 'other')).not.to.equal(words);
    const other = create();
    await connect(other, cid);
    expect(await verificationOf(cid, 'room')).not.to.equal(words);
  });

  it('stays when the two negotiate again and restart ICE', async () => {
    const [ann, bob] = [create(), create()];
    await connect(ann, bob);
    const words = await verificationOf(ann, 'room');
    bob.addTransceiver('audio');
    ann.restartIce();
    await connect(bob, ann);
    expect(await verificationOf(ann, 'room')).to.equal(words);
    expect(await verificationOf(bob, 'room')).to.equal(words);
  });

  it('differs where somebody has put a connection of its own to each end in between', async () => {
    const [ann, bob, toAnn, toBob] = [create(), create(), create(), create()];
    await connect(ann, toAnn);
    await connect(toBob, bob);
    const [one, two] = await Promise.all([ann, bob].map((end) => verificationOf(end, 'room')));
    expect(one).not.to.equal(null);
    expect(one).not.to.equal(two);
    // Nor does one certificate for both sides help.
    const certificate = await RTCPeerConnection.generateCertificate({
      name: 'ECDSA',
      namedCurve: 'P-256',
    } as Algorithm);
    const [cid, dan] = [create(), create()];
    const [toCid, toDan] = [1, 2].map(() => {
      const connection = new RTCPeerConnection({ certificates: [certificate] });
      made.push(connection);
      return connection;
    });
    await connect(cid, toCid!);
    await connect(toDan!, dan);
    expect(await verificationOf(cid, 'room')).not.to.equal(await verificationOf(dan, 'room'));
  });

  it('takes in every certificate that a description names, however it is written', async () => {
    const line = (value: string, hash = 'sha-256'): string => `v=0\r\na=fingerprint:${hash} ${value}\r\n`;
    const words = await verificationOf(described(line('AA:01'), line('BB:02')), 'room');
    expect(await verificationOf(described(line('bb:02', 'SHA-256'), line('aa:01')), 'room')).to.equal(words);
    const twice = line('AA:01') + line('AA:01').replace('v=0\r\n', '');
    expect(await verificationOf(described(twice, line('BB:02')), 'room')).to.equal(words);
    for (const other of [line('AA:03'), line('AA:01') + line('AA:03'), line('AA:01', 'sha-1')]) {
      expect(await verificationOf(described(other, line('BB:02')), 'room')).not.to.equal(words);
    }
    expect(await verificationOf(described(line('AA:01'), null), 'room')).to.equal(null);
    expect(await verificationOf(described('v=0\r\n', line('BB:02')), 'room')).to.equal(null);
  });
});
