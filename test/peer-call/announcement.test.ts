import { expect } from '@open-wc/testing';
import { announcement } from '../../components/peer-call/announcement.js';
import type { PeerStatus } from '../../components/engine/call/pair.js';
import type { CallState } from '../../components/engine/call/room.js';
import { madePeer, madeState } from './made.js';

const peer = (id: string, name = ''): ReturnType<typeof madePeer> => madePeer(id, { name });
const say = (before: Partial<CallState>, after: Partial<CallState>): unknown =>
  announcement(madeState(before), madeState(after), 'Guest');

describe('announcement', () => {
  it('tells of entering and leaving', () => {
    expect(say({ status: 'joining' }, { status: 'waiting' })).to.deep.equal(['waiting']);
    expect(say({ status: 'joining' }, { status: 'connecting', peers: [peer('a')] })).to.deep.equal([
      'in-call',
    ]);
    expect(say({}, { status: 'left' })).to.deep.equal(['left']);
  });

  it('tells who came and who left, and of a crowd only how many', () => {
    const [ann, ben] = [peer('a', 'Ann'), peer('b')];
    expect(say({}, { peers: [ann] })).to.deep.equal(['peer-joined', { name: 'Ann' }]);
    expect(say({ peers: [ann] }, { peers: [ann, ben] })).to.deep.equal(['peer-joined', { name: 'Guest' }]);
    expect(say({}, { peers: [ann, ben] })).to.deep.equal(['peers-joined', { count: 2 }]);
    expect(say({ peers: [ann, ben] }, { peers: [ben] })).to.deep.equal(['peer-left', { name: 'Ann' }]);
    expect(say({ peers: [ann, ben] }, {})).to.deep.equal(['peers-left', { count: 2 }]);
  });

  it('tells of a lost and a regained connection', () => {
    expect(say({}, { status: 'reconnecting' })).to.deep.equal(['reconnecting']);
    expect(say({ status: 'reconnecting' }, {})).to.deep.equal(['reconnected']);
  });

  it('tells what becomes of one connection of several', () => {
    const ann = peer('a', 'Ann');
    const tell = (from: PeerStatus, to: PeerStatus): unknown =>
      say({ peers: [peer('b'), { ...ann, status: from }] }, { peers: [peer('b'), { ...ann, status: to }] });
    expect(tell('connected', 'reconnecting')).to.deep.equal(['peer-reconnecting', { name: 'Ann' }]);
    expect(tell('reconnecting', 'offline')).to.deep.equal(['offline']);
    expect(tell('reconnecting', 'failed')).to.deep.equal(['peer-failed', { name: 'Ann' }]);
    expect(tell('failed', 'connected')).to.deep.equal(['peer-reconnected', { name: 'Ann' }]);
    expect(tell('connecting', 'connected')).to.equal(null);
  });

  it('tells who shares a screen', () => {
    const [before, after] = [peer('a', 'Ann'), { ...peer('a', 'Ann'), screen: new MediaStream() }];
    expect(say({ peers: [before] }, { peers: [after] })).to.deep.equal(['peer-sharing', { name: 'Ann' }]);
    expect(say({ peers: [after] }, { peers: [before] })).to.deep.equal(['peer-not-sharing', { name: 'Ann' }]);
  });

  it('tells of our own microphone, camera and screen', () => {
    expect(say({}, { audio: false })).to.deep.equal(['microphone-off']);
    expect(say({ audio: false }, {})).to.deep.equal(['microphone-on']);
    expect(say({}, { video: false })).to.deep.equal(['camera-off']);
    expect(say({ video: false }, {})).to.deep.equal(['camera-on']);
    const localScreen = new MediaStream();
    expect(say({}, { localScreen })).to.deep.equal(['sharing']);
    expect(say({ localScreen }, {})).to.deep.equal(['not-sharing']);
  });

  it('tells when the room can be reached again', () => {
    expect(say({ reachable: false }, {})).to.deep.equal(['reachable']);
    expect(say({}, { reachable: false }), 'a notice tells that').to.equal(null);
  });

  it('is silent about all else', () => {
    const [before, after] = [peer('a', 'Ann'), { ...peer('a', 'Ann'), audio: false }];
    expect(say({ peers: [before] }, { peers: [after] })).to.equal(null);
    expect(say({ status: 'connecting' }, { status: 'connected' })).to.equal(null);
    expect(say({ status: 'idle' }, { status: 'joining' })).to.equal(null);
    expect(say({ status: 'joining' }, { status: 'idle' })).to.equal(null);
    expect(say({ status: 'idle', audio: false }, { status: 'idle' })).to.equal(null);
  });
});
