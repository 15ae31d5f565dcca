import { expect } from '@open-wc/testing';
import { LocalMedia } from '../../../components/engine/call/local-media.js';
import { Spare } from '../../../components/engine/call/spare.js';

describe('Spare', () => {
  const connections: RTCPeerConnection[] = [];
  let username = '';
  const spare = new Spare({
    media: new LocalMedia(() => {}),
    createConnection: () => {
      connections.push(new RTCPeerConnection());
      return connections.at(-1)!;
    },
    configuration: () => ({ iceServers: [{ urls: 'turn:turn.example.org', username, credential: 'x' }] }),
  });
  const open = (): number => connections.filter(({ signalingState }) => signalingState !== 'closed').length;
  afterEach(() => {
    for (const connection of connections.splice(0)) connection.close();
  });

  it('is given away once', () => {
    spare.make();
    expect(spare.take() === connections[0]).to.equal(true);
    expect([spare.take(), open()]).to.deep.equal([null, 1]);
  });

  it('is closed instead where its credentials are no longer those of now', () => {
    spare.make();
    username = 'another';
    expect([spare.take(), open()]).to.deep.equal([null, 0]);
  });

  it('is closed where nobody took it', () => {
    spare.make();
    spare.close();
    expect(open()).to.equal(0);
  });
});
