import { expect } from '@open-wc/testing';
import { RemoteMedia } from '../../../components/engine/call/remote-media.js';
import { picture } from './support.js';

describe('RemoteMedia', () => {
  const [camera, screen] = [picture('red'), picture('blue')];
  const arrival = (stream: MediaStream, ids: readonly string[]) => {
    const transceiver = {
      receiver: { track: stream.getTracks()[0]! },
      direction: 'recvonly' as RTCRtpTransceiverDirection,
      currentDirection: 'sendrecv' as RTCRtpTransceiverDirection,
    };
    const event = { transceiver, streams: ids.map((id) => ({ id })) } as unknown as RTCTrackEvent;
    return { transceiver, event };
  };
  const shows = (stream: MediaStream | null, expected: MediaStream | null): boolean =>
    stream === null || expected === null
      ? stream === expected
      : stream.getTracks().length === 1 && stream.getTracks()[0] === expected.getTracks()[0];

  after(() => {
    camera.stop();
    screen.stop();
  });

  it('knows the screen from the camera, whatever comes first', () => {
    const steps = [
      (media: RemoteMedia) => media.nameScreen('s'),
      (media: RemoteMedia) => media.add(arrival(screen, ['s']).event),
      (media: RemoteMedia) => media.add(arrival(camera, ['c']).event),
    ];
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const media = new RemoteMedia(() => {});
      for (const index of order) steps[index]!(media);
      expect(shows(media.stream, camera) && shows(media.screen, screen), order.join()).to.equal(true);
    }
  });

  it('takes a screen that has ended for no camera, and lets go of what is not received', () => {
    const media = new RemoteMedia(() => {});
    const { transceiver, event } = arrival(screen, ['s']);
    media.nameScreen('s');
    media.add(event);
    const before = media.screen;
    media.nameScreen(null);
    expect(shows(media.stream, null) && shows(media.screen, null)).to.equal(true);
    transceiver.currentDirection = 'inactive';
    media.settle();
    media.nameScreen('s');
    expect(media.screen === null).to.equal(true);
    media.add(event);
    expect(media.screen === before, 'the same stream object').to.equal(true);
  });

  it('shows the old connection until the new one carries media, and then the new one in the same stream', () => {
    let changes = 0;
    const media = new RemoteMedia(() => changes++);
    media.begin();
    media.add(arrival(camera, ['c']).event);
    const { stream } = media;
    expect(shows(stream, camera), 'the first is shown at once').to.equal(true);
    media.begin();
    media.add(arrival(screen, ['c']).event);
    media.settle();
    expect(shows(stream, camera)).to.equal(true);
    const before = changes;
    media.exchange();
    expect(shows(stream, screen) && media.stream === stream).to.equal(true);
    media.exchange();
    expect(changes - before).to.equal(1);
    media.begin();
    media.exchange();
    expect(media.stream === null, 'nothing is sent any longer').to.equal(true);
  });

  it('takes tracks of no stream, and of many, for the camera', () => {
    for (const ids of [[], ['a', 'b', 'c']]) {
      const media = new RemoteMedia(() => {});
      media.add(arrival(camera, ids).event);
      expect(shows(media.stream, camera)).to.equal(true);
    }
  });
});
