import { expect } from '@open-wc/testing';
import {
  iceServersIn,
  type IceServersGiven,
  type IceServersOptions,
} from '../../../components/engine/call/ice-server-list.js';
import { IceServers } from '../../../components/engine/call/ice-servers.js';
import { MediaKitError } from '../../../components/engine/errors.js';
import { ManualClock } from '../../support/manual-clock.js';
import { until } from '../../support/wait.js';

const HOUR = 3600;

/** A TURN server whose user name holds for so many seconds. */
const turn = (seconds: number, name = ':ann'): RTCIceServer => ({
  urls: 'turn:turn.example.org',
  username: `${Math.round(Date.now() / 1000) + seconds}${name}`,
  credential: 'secret',
});

const failure = (promise: Promise<unknown>): Promise<MediaKitError> =>
  promise.then(
    () => Promise.reject(new Error('nothing failed')),
    (error) => error as MediaKitError,
  );

describe('IceServers', () => {
  const clock = new ManualClock();
  const made: IceServers[] = [];
  let failures: MediaKitError[] = [];
  let asked = 0;

  const make = (given: IceServersGiven, more: Partial<IceServersOptions> = {}): IceServers => {
    const servers = new IceServers({ given, clock, failed: (error) => failures.push(error), ...more });
    made.push(servers);
    return servers;
  };
  /** A function that gives these answers in turn, and the last one from then on. */
  const asking =
    (...answers: (readonly RTCIceServer[] | Error)[]): (() => Promise<readonly RTCIceServer[]>) =>
    async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer;
    };
  /** Lets so many seconds pass, and the function answer. */
  const pass = async (seconds: number): Promise<void> => {
    clock.advance(seconds * 1000);
    await new Promise((resolve) => setTimeout(resolve));
  };

  afterEach(() => {
    for (const servers of made.splice(0)) servers.release();
    expect(clock.pending, 'waiting timers').to.equal(0);
    failures = [];
    asked = 0;
  });

  it('gives a list as it is, and never asks for another', async () => {
    const list = [turn(HOUR)];
    const servers = make(list);
    expect(servers.current()).to.deep.equal([]);
    expect(await servers.fresh()).to.equal(list);
    expect(servers.current()).to.equal(list);
    expect(clock.pending).to.equal(0);
  });

  it('asks a function for the first list and keeps it', async () => {
    const [one, two] = [[turn(HOUR)], [turn(2 * HOUR)]];
    const servers = make(asking(one, two));
    expect(await servers.fresh()).to.equal(one);
    expect([servers.current(), asked]).to.deep.equal([one, 1]);
    expect(await servers.fresh()).to.equal(two);
    expect([servers.current(), asked]).to.deep.equal([two, 2]);
  });

  it('takes a list that comes without a promise', async () => {
    const list = [turn(HOUR)];
    expect(await make(() => list).fresh()).to.equal(list);
  });

  it('lets those who ask at the same time share one answer', async () => {
    const servers = make(asking([turn(HOUR)]));
    const [one, two] = await Promise.all([servers.fresh(), servers.fresh()]);
    expect([one === two, asked]).to.deep.equal([true, 1]);
  });

  describe('before the end of a user name', () => {
    it('asks again a minute earlier', async () => {
      const [one, two] = [[turn(HOUR)], [turn(2 * HOUR)]];
      const servers = make(asking(one, two));
      await servers.fresh();
      await pass(HOUR - 62);
      expect(asked).to.equal(1);
      await pass(4);
      expect([asked, servers.current()]).to.deep.equal([2, two]);
    });

    it('asks again after nine tenths of a short time', async () => {
      const servers = make(asking([turn(100)], [turn(HOUR)]));
      await servers.fresh();
      await pass(88);
      expect(asked).to.equal(1);
      await pass(4);
      expect(asked).to.equal(2);
    });

    it('heeds the one that ends first, also without a name behind the time', async () => {
      const stun = { urls: 'stun:stun.example.org' };
      const servers = make(asking([turn(HOUR), stun, turn(600, ''), turn(2 * HOUR)], []));
      await servers.fresh();
      await pass(545);
      expect([asked, servers.current()]).to.deep.equal([2, []]);
    });

    it('asks once a day at least, for no timer holds for months', async () => {
      const servers = make(asking([turn(99_000_000)]));
      await servers.fresh();
      await pass(86_401);
      expect(asked).to.equal(2);
    });

    it('does not ask by itself where nothing tells of an end, or where it has passed', async () => {
      const named = { urls: 'turn:turn.example.org', username: 'ann', credential: 'secret' };
      for (const list of [[named], [{ ...named, username: '12:ann' }], [turn(-5)], []]) {
        await make(asking(list)).fresh();
        expect(clock.pending).to.equal(0);
      }
    });

    it('asks as it did when one asked in between', async () => {
      const servers = make(asking([turn(HOUR)]));
      await servers.fresh();
      await servers.fresh();
      expect(clock.pending).to.equal(1);
    });
  });

  describe('without a first list', () => {
    const cases: [string, IceServersGiven, string, RegExp][] = [
      ['throws', () => Promise.reject(new TypeError('no network')), 'network-blocked', /see the cause/],
      ['throws at once', () => JSON.parse('{') as [], 'network-blocked', /see the cause/],
      ['gives nonsense', () => ({ urls: 'turn:a' }) as unknown as [], 'bad-input', /must be a list/],
      ['gives nothing', () => undefined as unknown as [], 'bad-input', /must be a list/],
      ['gives JSON', () => '[]' as unknown as [], 'bad-input', /must be a list/],
    ];
    for (const [what, given, code, words] of cases) {
      it(`rejects when the function ${what}, and can be asked again`, async () => {
        let fails = true;
        const servers = make(() => (fails ? (given as () => [])() : []));
        const error = await failure(servers.fresh());
        expect(error).to.be.instanceOf(MediaKitError);
        expect([error.code, words.test(error.message)]).to.deep.equal([code, true]);
        expect(failures.length, 'told once').to.equal(0);
        fails = false;
        expect(await servers.fresh()).to.deep.equal([]);
      });
    }

    it('rejects with what was thrown as the cause', async () => {
      const cause = new TypeError('no network');
      expect((await failure(make(asking(cause)).fresh())).cause).to.equal(cause);
    });

    it('rejects when the function hangs', async () => {
      const servers = make(() => new Promise(() => {}));
      const asking = failure(servers.fresh());
      await pass(9.9);
      expect(clock.pending).to.equal(1);
      await pass(0.2);
      const { code, message } = await asking;
      expect([code, message.includes('within 10 s')]).to.deep.equal(['network-blocked', true]);
    });

    it('rejects with "aborted" when it is released meanwhile, or before', async () => {
      const servers = make(() => new Promise(() => {}));
      const asking = failure(servers.fresh());
      servers.release();
      expect((await asking).code).to.equal('aborted');
      expect((await failure(servers.fresh())).code).to.equal('aborted');
    });
  });

  describe('with a first list', () => {
    it('keeps the old one and tells of the failure', async () => {
      const list = [turn(HOUR)];
      const cause = new TypeError('no network');
      const servers = make(asking(list, cause, {} as []));
      await servers.fresh();
      expect(await servers.fresh()).to.equal(list);
      expect(await servers.fresh()).to.equal(list);
      expect(failures.map(({ code }) => code)).to.deep.equal(['network-blocked', 'bad-input']);
      expect(failures[0]!.cause).to.equal(cause);
    });

    it('tries again before the end', async () => {
      // It ends in the time of the machine, which does not pass here.
      const servers = make(asking([turn(HOUR)], new TypeError('no network'), [turn(2 * HOUR)]));
      await servers.fresh();
      await pass(HOUR - 58);
      expect([asked, failures.length]).to.deep.equal([2, 1]);
      expect(clock.pending).to.equal(1);
      await pass(HOUR - 58);
      expect([asked, failures.length]).to.deep.equal([3, 1]);
    });

    it('does not wait long for another one, and takes it when it comes', async () => {
      const [one, two] = [[turn(HOUR)], [turn(2 * HOUR)]];
      let answer!: (list: readonly RTCIceServer[]) => void;
      let answers = 0;
      const servers = make(() => (answers++ ? new Promise((resolve) => (answer = resolve)) : one));
      await servers.fresh();
      const asking = servers.fresh();
      await until(() => answer);
      await pass(0.9);
      expect(await Promise.race([asking, Promise.resolve('waits')]), 'soon').to.equal('waits');
      await pass(0.2);
      expect(await asking).to.equal(one);
      answer(two);
      await until(() => servers.current() === two, 'the late one');
      expect([answers, failures.length]).to.deep.equal([2, 0]);
    });

    it('asks no more after its release, nor tells of what fails then', async () => {
      let reject!: (error: Error) => void;
      let answers = 0;
      const servers = make(() =>
        answers++ ? new Promise((_, rejected) => (reject = rejected)) : [turn(HOUR)],
      );
      const list = await servers.fresh();
      const late = servers.fresh();
      await until(() => reject);
      servers.release();
      expect(await late).to.equal(list);
      expect(clock.pending).to.equal(0);
      reject(new Error('late'));
      await pass(2 * HOUR);
      expect([answers, failures.length]).to.deep.equal([2, 0]);
    });
  });
});

describe('iceServersIn', () => {
  it('takes a list of servers, and of nothing else', () => {
    const servers = [{ urls: 'stun:a' }, { urls: ['turns:a:443', 'turn:b'], username: 'u', credential: 'c' }];
    expect(iceServersIn(servers)).to.equal(servers);
    expect(iceServersIn([])).to.deep.equal([]);
    for (const given of [undefined, null, '', '[]', {}, 7, [{}], [null], [{ urls: [] }], [{ urls: 7 }]]) {
      let code = 'nothing thrown';
      try {
        iceServersIn(given);
      } catch (error) {
        ({ code } = error as MediaKitError);
      }
      expect(code, JSON.stringify(given)).to.equal('bad-input');
    }
  });
});
