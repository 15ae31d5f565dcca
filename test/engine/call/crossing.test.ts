import { expect } from '@open-wc/testing';
import { until } from '../../support/wait.js';
import { joinAll, nameOf, pair, picture, tone } from './support.js';

describe('the first changes of both sides', () => {
  it('may cross, and each still sees the other', async () => {
    const [one, other] = pair();
    const [red, blue, sound] = [picture('red'), picture('blue'), tone()];
    one.room.setStream(red);
    other.room.setStream(blue);
    await joinAll([one, other]);
    await Promise.all([one.connected(other), other.connected(one)]);
    await one.sees(other);
    await other.sees(one);
    one.room.setStream(new MediaStream([...red.getTracks(), ...sound.getTracks()]));
    other.room.setStream(new MediaStream([...blue.getTracks(), ...sound.getTracks()]));
    const hears = (here: typeof one, there: typeof one): boolean =>
      here.peer(there)!.stream!.getAudioTracks().length > 0;
    await until(() => hears(one, other) && hears(other, one), 'both sounds');
    expect(nameOf(await one.sees(other))).to.equal('blue');
    expect(nameOf(await other.sees(one))).to.equal('red');
    for (const stream of [red, blue, sound]) stream.stop();
    one.room.release();
    other.room.release();
  });
});
