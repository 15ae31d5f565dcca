import { expect } from '@open-wc/testing';
import { announcement, said } from '../../components/peer-call/announcement.js';
import type { CallState, PeerState } from '../../components/engine/call/room.js';

const state = (changes: Partial<CallState> = {}): CallState => ({
  status: 'connected',
  localId: 'me',
  peers: [],
  localStream: null,
  localScreen: null,
  audio: true,
  video: true,
  ignored: 0,
  ...changes,
});
const peer = (id: string, name = ''): PeerState => ({
  id,
  name,
  stream: null,
  screen: null,
  audio: true,
  video: true,
  connectionState: 'connected',
  iceConnectionState: 'connected',
});
const say = (before: Partial<CallState>, after: Partial<CallState>): unknown =>
  announcement(state(before), state(after), 'Guest');

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

  it('tells of our own microphone, camera and screen', () => {
    expect(say({}, { audio: false })).to.deep.equal(['microphone-off']);
    expect(say({ audio: false }, {})).to.deep.equal(['microphone-on']);
    expect(say({}, { video: false })).to.deep.equal(['camera-off']);
    expect(say({ video: false }, {})).to.deep.equal(['camera-on']);
    const localScreen = new MediaStream();
    expect(say({}, { localScreen })).to.deep.equal(['sharing']);
    expect(say({ localScreen }, {})).to.deep.equal(['not-sharing']);
  });

  it('makes another text of the same words', () => {
    const [first, second] = [said('', 'Guest joined'), said('Guest joined', 'Guest joined')];
    expect(first).to.equal('Guest joined');
    expect(second).not.to.equal(first);
    expect(said(second, 'Guest joined')).to.equal(first);
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
