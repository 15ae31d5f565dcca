import { expect } from '@open-wc/testing';
import { Watching } from '../../../components/engine/call/watching.js';
import type { CallIssueEvent } from '../../../components/engine/call/events.js';
import type { Member } from '../../../components/engine/call/member.js';
import { until } from '../../support/wait.js';
import { FakeClock } from './support.js';

/** What is loaded on demand is there, and what waited for it is done. */
async function loaded(): Promise<void> {
  await import('../../../components/engine/call/watch.js');
  await new Promise((resolve) => setTimeout(resolve));
}

const member = (id: string): Member => ({ id, sid: id, name: '', confirmed: true, settles: 0 });

describe('Watching', () => {
  const clock = new FakeClock();
  let told: string[] = [];
  let here: [string, RTCPeerConnection][];
  let watching: Watching;
  /** What is done when something is told. */
  let react: () => void;
  let heard: boolean;

  beforeEach(() => {
    told = [];
    here = [];
    react = () => {};
    heard = true;
    watching = new Watching({
      room: 'room',
      clock,
      connections: () => here,
      tracks: () => [],
      told: () => ({ audio: false, video: false }),
      heard: () => heard,
      observed: () => react(),
      dispatch: (event) => {
        told.push((event as CallIssueEvent).issue.peerId!);
        react();
      },
      changed: () => {},
    });
  });
  afterEach(() => {
    watching.release();
    expect(clock.pending, 'waiting timers').to.equal(0);
  });

  it('tells, when it is loaded, of those alone to whom there still is no way', async () => {
    for (const id of ['gone', 'back', 'blocked']) watching.block(id, 'No way.');
    expect(watching.issues.length, 'not loaded yet').to.equal(0);
    watching.forget('gone');
    watching.connected('back');
    await until(() => watching.issues.length, 'loaded');
    expect(told).to.deep.equal(['blocked']);
    watching.forget('blocked');
    expect([watching.issues.length, told.length]).to.deep.equal([0, 2]);
  });

  it('tells nothing after its release, though it was about to', async () => {
    watching.block('blocked', 'No way.');
    watching.tampered('forged');
    watching.flooded(member('flooding'));
    watching.release();
    await loaded();
    expect([watching.issues.length, told.length]).to.deep.equal([0, 0]);
  });

  it('tells nothing that comes after its release either', async () => {
    watching.tampered('forged');
    await until(() => watching.issues.length, 'loaded');
    watching.release();
    told = [];
    watching.tampered('forged');
    watching.flooded(member('flooding'));
    await loaded();
    expect([watching.issues.length, told.length]).to.deep.equal([0, 0]);
  });

  it('tells nothing more when it is released by what it tells first', async () => {
    react = () => {
      react = () => {};
      watching.release();
    };
    watching.block('one', 'No way.');
    watching.block('other', 'No way.');
    await loaded();
    expect(told, 'its beginning and its end').to.deep.equal(['one', 'one']);
  });

  it('waits for nothing when it is released as soon as it looks', async () => {
    // As where the page has closed a connection, and leaves when it is told.
    here = [
      ['closed', { connectionState: 'closed', getReceivers: () => [] } as unknown as RTCPeerConnection],
    ];
    react = () => watching.release();
    watching.tampered('closed');
    await loaded();
    expect([clock.pending, told.length]).to.deep.equal([0, 0]);
  });

  it('blames nobody who has left while it was loaded', async () => {
    const connection = { connectionState: 'new', getReceivers: () => [] } as unknown as RTCPeerConnection;
    here = [
      ['left', connection],
      ['stays', connection],
    ];
    for (const [id] of here) {
      watching.tampered(id);
      watching.frames(id, 'undecryptable');
      watching.flooded(member(id), true);
    }
    here = here.slice(1);
    watching.forget('left');
    await until(() => watching.issues.length, 'loaded');
    await loaded();
    const issues = watching.issues.map(({ name, peerId }) => `${name} ${String(peerId)}`);
    expect(issues).to.deep.equal([
      'tampering null',
      'tampering stays',
      'undecryptable stays',
      'flooding stays',
    ]);
  });

  it('knows no figures of a peer that has left while they were asked for', async () => {
    let answer: ((report: unknown) => void) | undefined;
    const connection = {
      connectionState: 'connected',
      getReceivers: () => [],
      getStats: () => new Promise((resolve) => (answer = resolve)),
    };
    here = [['left', connection as unknown as RTCPeerConnection]];
    watching.tampered('left');
    await until(() => answer, 'asked');
    here = [];
    watching.forget('left');
    answer!(new Map());
    await loaded();
    expect(watching.of('left')).to.deep.equal({ quality: null, speaking: false, verification: null });
  });

  it('tells of an unreliable way to a peer until 5 s have passed without it, and as long as the peer does not answer', async () => {
    here = [['peer', { connectionState: 'new', getReceivers: () => [] } as unknown as RTCPeerConnection]];
    const lasts = (): string[] => watching.issues.map(({ name, peerId }) => `${name} ${String(peerId)}`);
    watching.unsteady('peer');
    watching.unsteady('nobody');
    await until(() => watching.issues.length, 'loaded');
    clock.advance(3000);
    watching.unsteady('peer');
    await loaded();
    clock.advance(4900);
    expect([lasts(), told]).to.deep.equal([['unreliable-signaling peer'], ['peer']]);
    heard = false;
    clock.advance(60_000);
    expect(lasts()).to.deep.equal(['unreliable-signaling peer']);
    expect(watching.issues[0]!.count, 'how often').to.equal(2);
    heard = true;
    clock.advance(5000);
    expect([lasts(), told]).to.deep.equal([[], ['peer', 'peer']]);
    watching.unsteady('peer');
    await until(() => watching.issues.length, 'again');
    watching.forget('peer');
    expect([lasts(), told.length]).to.deep.equal([[], 4]);
  });

  it('waits a while before it is loaded for what has come up', () => {
    watching.connected('one');
    watching.connected('two');
    expect(clock.pending).to.equal(1);
  });
});
