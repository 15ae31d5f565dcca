import { expect } from '@open-wc/testing';
import type { CallIssueEvent } from '../../../../components/engine/call/events.js';
import type { JoinOptions } from '../../../../components/engine/call/room.js';
import type { MediaKitError } from '../../../../components/engine/errors.js';
import { MemorySignaling } from '../../../../components/engine/signaling/memory.js';
import type { Signaling } from '../../../../components/engine/signaling/signaling.js';
import { until } from '../../../support/wait.js';
import { joinAll, Member, nameOf, pair, picture } from '../support.js';

const secret = new Uint8Array(32).fill(7);

describe('Room: end-to-end', () => {
  const members: Member[] = [];
  const borrowed: { stop(): void }[] = [];
  const draw = (color: string) => {
    const stream = picture(color);
    borrowed.push(stream);
    return stream;
  };
  const issuesOf = ({ state }: Member): string[] => state.issues.map(({ name }) => name);
  /** Two in one room, each with what it joins with. */
  const call = async (...options: readonly Partial<JoinOptions>[]): Promise<[Member, Member]> => {
    const both = pair();
    members.push(...both);
    const signaling = new MemorySignaling();
    both[0].room.setStream(draw('red'));
    both[1].room.setStream(draw('blue'));
    await Promise.all(both.map((one, at) => joinAll([one], { signaling, ...options[at] })));
    await both[0].connected(both[1]);
    await both[1].connected(both[0]);
    return both;
  };
  const decoded = async (of: Member, from: Member): Promise<number> => {
    let frames = 0;
    for (const report of (await of.room.getPeerConnection(from.id)!.getStats()).values()) {
      if (report.type === 'inbound-rtp') frames += report.framesDecoded ?? 0;
    }
    return frames;
  };

  afterEach(async () => {
    for (const { room } of members) room.release();
    for (const stream of borrowed.splice(0)) stream.stop();
    for (const { open, errors } of members.splice(0)) {
      expect(open, 'open connections').to.equal(0);
      expect(errors.map(String)).to.deep.equal([]);
    }
  });

  it('lets members see each other, and tells them one verification', async () => {
    const [one, two] = await call({ endToEnd: secret }, { endToEnd: secret });
    expect(nameOf(await one.sees(two))).to.equal('blue');
    expect(nameOf(await two.sees(one))).to.equal('red');
    const words = await until(() => one.peer(two)?.verification, 'a verification');
    expect(words).to.match(/^\d{5}( \d{5}){5}$/);
    await until(() => two.peer(one)?.verification === words, 'the same');
    expect([...issuesOf(one), ...issuesOf(two)]).to.deep.equal([]);
    // With a screen, and with the camera that comes later.
    one.room.setScreen(draw('green'));
    expect(nameOf(await two.sees(one, 'screen'))).to.equal('green');
    one.room.setStream(draw('blue'));
    await until(async () => nameOf(await two.sees(one)) === 'blue', 'another picture');
    expect(issuesOf(two)).to.deep.equal([]);
  });

  it('leaves no worker behind where a join fails', async () => {
    const { Worker } = globalThis;
    const live = new Set<Worker>();
    let made = 0;
    globalThis.Worker = class extends Worker {
      constructor(...words: ConstructorParameters<typeof Worker>) {
        super(...words);
        live.add(this);
        made++;
      }
      override terminate(): void {
        live.delete(this);
        super.terminate();
      }
    };
    try {
      const [one] = pair();
      members.push(one);
      const iceServers = (): Promise<never> => Promise.reject(new Error('none today'));
      const joined = one.room.join({
        ...{ signaling: new MemorySignaling(), room: 'r' },
        ...{ endToEnd: secret, iceServers },
      });
      const failed = await joined.then(
        () => false,
        () => true,
      );
      expect(failed).to.equal(true);
      await until(() => made > 0 && live.size === 0, 'no worker left');
    } finally {
      globalThis.Worker = Worker;
    }
  });

  it('goes on over a new connection, which has another verification', async () => {
    const [one, two] = await call({ endToEnd: secret }, { endToEnd: secret });
    await two.sees(one);
    const words = await until(() => two.peer(one)?.verification, 'a verification');
    const before = one.room.getPeerConnection(two.id)!;
    before.close();
    one.room.restartIce();
    await until(() => one.room.getPeerConnection(two.id) !== before, 'another connection');
    await until(
      () => two.peer(one)?.status === 'connected' && two.peer(one)?.verification,
      'verified again',
      15_000,
    );
    expect(nameOf(await two.sees(one))).to.equal('red');
    expect(nameOf(await one.sees(two))).to.equal('blue');
    await until(() => two.peer(one)?.verification !== words, 'another one');
  });

  it('says at both ends what is wrong where one of them has it off', async () => {
    const [one, two] = await call({ endToEnd: secret }, {});
    await until(() => issuesOf(one).includes('not-encrypted'), 'not-encrypted');
    await until(() => issuesOf(two).includes('undecryptable'), 'undecryptable');
    expect(await decoded(one, two)).to.equal(0);
    const [issue] = one.state.issues;
    expect([issue!.peerId, issue!.ended]).to.deep.equal([two.id, null]);
    two.room.leave();
    await until(() => issuesOf(one).length === 0, 'it is over');
    const told = one.events.filter((event) => event.type === 'call-issue') as CallIssueEvent[];
    expect(told.map((event) => event.issue.name)).to.deep.equal(['not-encrypted', 'not-encrypted']);
  });

  it('says at both ends that their secrets differ', async () => {
    const [one, two] = await call({ endToEnd: secret }, { endToEnd: 'another' });
    await until(() => issuesOf(one).includes('undecryptable'), 'one');
    await until(() => issuesOf(two).includes('undecryptable'), 'two');
    expect((await decoded(one, two)) + (await decoded(two, one))).to.equal(0);
  });

  it('goes on with other keys when one of three leaves', async () => {
    const signaling = new MemorySignaling();
    const [one, two, three] = [...pair(), new Member()] as [Member, Member, Member];
    members.push(one, two, three);
    one.room.setStream(draw('red'));
    const told: string[] = [];
    const eavesdropping: Signaling = {
      open: async (address, handlers, signal) => {
        const heard = (from: string, payload: Uint8Array): void => {
          const { t, b } = JSON.parse(new TextDecoder().decode(payload)) as { t: string; b: { e: number } };
          if (t === 'key') told.push(`${from === one.id ? 'one' : 'another'} ${b.e}`);
          handlers.message(from, payload);
        };
        return signaling.open(address, { ...handlers, message: heard }, signal);
      },
    };
    await joinAll([one, three], { signaling, endToEnd: secret });
    await joinAll([two], { signaling: eavesdropping, endToEnd: secret });
    for (const other of [two, three]) expect(nameOf(await other.sees(one))).to.equal('red');
    three.room.leave();
    await until(() => told.includes('one 1'), 'another key');
    const before = await decoded(two, one);
    await until(async () => (await decoded(two, one)) > before + 40, 'pictures under the other key', 15_000);
    expect(nameOf(await two.sees(one))).to.equal('red');
    expect(issuesOf(two)).to.deep.equal([]);
  });

  it('does not begin where it cannot be', async () => {
    const member = new Member();
    members.push(member);
    const codeOf = (options: Partial<JoinOptions>): Promise<string> =>
      joinAll([member], options).then(
        () => '',
        (error: MediaKitError) => error.code,
      );
    expect(await codeOf({ endToEnd: '' })).to.equal('bad-input');
    const { RTCRtpScriptTransform } = globalThis;
    Object.assign(globalThis, { RTCRtpScriptTransform: undefined });
    try {
      expect(await codeOf({ endToEnd: secret })).to.equal('unsupported');
    } finally {
      Object.assign(globalThis, { RTCRtpScriptTransform });
    }
    expect(member.state.status).to.equal('idle');
    expect(member.connections.length).to.equal(0);
  });
});
