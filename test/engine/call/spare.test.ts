import { expect } from '@open-wc/testing';
import { LocalMedia } from '../../../components/engine/call/local-media.js';
import { Spare } from '../../../components/engine/call/spare.js';

const turn = (username: string): RTCConfiguration => ({
  iceServers: [{ urls: 'turn:turn.example.org', username, credential: 'x' }],
});

describe('Spare', () => {
  const connections: RTCPeerConnection[] = [];
  const media = new LocalMedia(() => {});
  let spare: Spare;
  const open = (): number => connections.filter(({ signalingState }) => signalingState !== 'closed').length;

  const spareFor = (expected: RTCConfiguration | null): Spare =>
    new Spare({
      media,
      expected,
      createConnection: (configuration) => {
        connections.push(new RTCPeerConnection(configuration));
        return connections.at(-1)!;
      },
    });

  beforeEach(() => {
    spare = spareFor(turn('one'));
  });
  afterEach(() => {
    spare.close();
    media.setStream(null);
    for (const connection of connections.splice(0)) connection.close();
  });

  it('is given away once', () => {
    spare.make({});
    expect(spare.take({}) === connections[0]).to.equal(true);
    expect([spare.take({}), open()]).to.deep.equal([null, 1]);
  });

  it('is closed instead where its credentials are no longer those of now', () => {
    spare.make(turn('one'));
    expect([spare.take(turn('another')), open()]).to.deep.equal([null, 0]);
  });

  it('is closed where nobody took it', () => {
    spare.make({});
    spare.close();
    expect(open()).to.equal(0);
  });

  it('is another one where it is to be configured in another way', () => {
    spare.make(turn('one'));
    spare.make(turn('one'));
    expect([connections.length, open()]).to.deep.equal([1, 1]);
    spare.make(turn('another'));
    expect([connections.length, open()]).to.deep.equal([2, 1]);
    expect(spare.take(turn('another')) === connections[1]).to.equal(true);
  });

  it('is not made any longer once it was closed', () => {
    spare.close();
    spare.make({});
    expect(connections.length).to.equal(0);
  });

  it('is made ahead for what is sent, which is put into it once, and closed when nothing is', async () => {
    const context = new AudioContext();
    const { stream } = context.createMediaStreamDestination();
    const [track] = stream.getTracks();
    spare.prepare();
    spare.prepare();
    // Awake, and no reason not to keep the page for the way back.
    expect([connections.length, open()]).to.deep.equal([1, 0]);
    media.setStream(stream);
    spare.prepare();
    spare.prepare();
    spare.make(turn('one'));
    expect([connections.length, open()]).to.deep.equal([2, 1]);
    const placed = connections[1]!.getSenders();
    expect(placed.length === 1 && placed[0]!.track === track).to.equal(true);
    media.setStream(null);
    spare.prepare();
    expect(open()).to.equal(0);
    await context.close();
  });

  it('is not made ahead where nobody knows what it will be configured with', async () => {
    const context = new AudioContext();
    spare = spareFor(null);
    media.setStream(context.createMediaStreamDestination().stream);
    spare.prepare();
    expect([connections.length, open()]).to.deep.equal([1, 0]);
    await context.close();
  });
});
