import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { startTurn } from '../support/coturn.mjs';
import { whyNot } from '../support/daemon.mjs';
import { until, useExamples, visit } from '../support/e2e.mjs';
import { freePort } from '../support/port.mjs';
import { seeAndHearEachOther, sendSync } from '../support/sync.mjs';

const pairs = [
  ['chromium', 'chromium'],
  ['chromium', 'firefox'],
  ['firefox', 'firefox'],
];

const skip = whyNot('turnserver', 'coturn');

// Two at a time: the last answer to a relay that says nothing takes a minute.
describe('calls through a TURN server', { skip, concurrency: 2 }, () => {
  const { examples, browsers } = useExamples();
  let turn;

  before(async () => {
    turn = await startTurn();
  });
  after(() => turn?.close());

  /**
   * Joins for as long as the test runs, as a page's author would write it, with these servers. Several lists: a function that gives one after the
   * other and keeps when. One that is made by a function is made when the page is there.
   */
  async function join(test, kind, room, name, ...lists) {
    const page = await visit(test, browsers[kind], `${examples.origin}/fixture`);
    await page.evaluate(
      async (attributes, lists) => {
        const call = await window.e2e.place(attributes);
        window.asked = [];
        if (lists.length === 1) call.setAttribute('ice-servers', JSON.stringify(lists[0]));
        else call.iceServers = async () => lists[Math.min(window.asked.push(Date.now()), lists.length) - 1];
        await call.join();
      },
      { room, name, signaling: examples.broker, 'ice-transport-policy': 'relay' },
      lists.map((list) => (typeof list === 'function' ? list() : list)),
    );
    return page;
  }

  async function meet(test, kinds, ...lists) {
    const room = randomUUID();
    const both = await Promise.all([
      join(test, kinds[0], room, 'Ann', ...lists),
      join(test, kinds[1], room, 'Bob', ...lists),
    ]);
    await Promise.all(both.map((page) => sendSync(page, { tone: 'sine' })));
    await talk(...both);
    return both;
  }

  const errors = (page) => page.evaluate(() => window.e2e.told.errors);
  const talk = async (ann, bob) => {
    await seeAndHearEachOther({ Ann: ann, Bob: bob });
    for (const page of [ann, bob]) {
      assert.deepEqual(await errors(page), []);
      assert.deepEqual(page.problems, []);
    }
  };

  /** Our candidate of the pair in use. */
  const ownCandidate = (page) =>
    page.evaluate(async () => {
      const { call } = window.e2e;
      const stats = await call().getPeerConnection(call().peers[0].id).getStats();
      const all = [...stats.values()];
      const { selectedCandidatePairId } = all.find(({ type }) => type === 'transport') ?? {};
      const pair =
        stats.get(selectedCandidatePairId) ??
        all.find(
          ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
        );
      const { candidateType, relayProtocol } = stats.get(pair.localCandidateId);
      return { candidateType, relayProtocol };
    });

  describe('name what is wrong', { concurrency: true }, () => {
    const refused = /TURN server turn:127\.0\.0\.1:\d+\S* refused the credentials \(401\).* expired/;
    const unreachable = /TURN server turn:127\.0\.0\.1:\d+\S* could not be reached/;
    const silent = new RegExp(`${unreachable.source}|No relay was given by turn:127`);
    const cases = [
      ['expired credentials', () => turn.iceServers({ seconds: -60 }), refused, 20_000],
      ['a wrong secret', () => turn.iceServers({ secret: 'another', transport: 'tcp' }), refused, 20_000],
      [
        'nobody at that port',
        async () => turn.iceServers({ at: await freePort(), transport: 'tcp' }),
        unreachable,
        20_000,
      ],
      // Firefox gives a server 11 s to answer and Chromium 40 s, longer than one connection lasts: known by the last one.
      ['no answer', async () => turn.iceServers({ at: await freePort() }), silent, 75_000],
      ['no TURN server at all', () => [], /names no TURN server/, 20_000],
    ];
    for (const [what, servers, words, within] of cases) {
      it(`${what}, in Chromium and in Firefox`, { timeout: 2 * within }, async (test) => {
        const room = randomUUID();
        const list = await servers();
        const both = await Promise.all([
          join(test, 'chromium', room, 'Ann', list),
          join(test, 'firefox', room, 'Bob', list),
        ]);
        await Promise.all(
          both.map(async (page) => {
            const began = performance.now();
            const [{ code, message }] = await until(
              async () => {
                const found = await errors(page);
                return found.length && found;
              },
              'an error',
              within,
            );
            test.diagnostic(`${message} (after ${Math.round(performance.now() - began)} ms)`);
            assert.equal(code, 'network-blocked');
            assert.match(message, words);
            await page.evaluate(() =>
              window.e2e.until(() =>
                window.e2e.call().state.issues.some(({ name }) => name === 'network-blocked'),
              ),
            );
          }),
        );
      });
    }
  });

  for (const kinds of pairs) {
    it(
      `${kinds.join(' and ')} are told that the way is blocked no longer, once a function gives what is valid`,
      { timeout: 60_000 },
      async (test) => {
        const room = randomUUID();
        const lists = [turn.iceServers({ seconds: -60 }), turn.iceServers()];
        const both = await Promise.all([
          join(test, kinds[0], room, 'Ann', ...lists),
          join(test, kinds[1], room, 'Bob', ...lists),
        ]);
        const issues = (page) => page.evaluate(() => window.e2e.call().state.issues.map(({ name }) => name));
        for (const page of both) {
          await page.evaluate(() => {
            window.ended = [];
            const keep = ({ issue }) => issue.ended && window.ended.push(issue.name);
            window.e2e.call().addEventListener('call-issue', keep);
          });
          await until(async () => (await issues(page)).includes('network-blocked'), 'blocked', 20_000);
        }
        // As who reads the words, at one end: servers are asked for anew at both.
        await both[0].evaluate(() => window.e2e.call().restartIce());
        await Promise.all(both.map((page) => sendSync(page, { tone: 'sine' })));
        for (const page of both)
          await until(
            () => page.evaluate(() => window.e2e.call().peers[0].status === 'connected'),
            'connected',
          );
        await seeAndHearEachOther({ Ann: both[0], Bob: both[1] });
        for (const page of both) {
          assert.ok(!(await issues(page)).includes('network-blocked'));
          assert.deepEqual(await page.evaluate(() => window.ended), ['network-blocked']);
          // One more may be told with Firefox: it makes an offer of its own when it is given other servers, which breaks off
          // what is gathered, and Chromium says then that this is complete.
          if (kinds.includes('firefox')) continue;
          assert.deepEqual(
            (await errors(page)).slice(1),
            [],
            'nothing is called vain that is only tried again',
          );
        }
      },
    );
  }

  for (const transport of ['udp', 'tcp']) {
    for (const kinds of pairs) {
      it(
        `${kinds.join(' and ')} see and hear each other over ${transport}`,
        { timeout: 60_000 },
        async (test) => {
          for (const page of await meet(test, kinds, turn.iceServers({ transport }))) {
            assert.deepEqual(await ownCandidate(page), { candidateType: 'relay', relayProtocol: transport });
          }
        },
      );
    }
  }

  /** Whether somebody came to the TURN server as this user. */
  const came = ({ username }) =>
    until(
      () => turn.output().includes(`user <${username}>: incoming packet ALLOCATE processed, success`),
      username,
    );

  /** Resolves when Ann is connected to Bob by candidates that were gathered anew. */
  const restart = (ann) =>
    ann.evaluate(() => {
      const { call, peer, until } = window.e2e;
      const connection = () => call().getPeerConnection(peer('Bob').id);
      const [own] = connection().localDescription.sdp.match(/ice-ufrag:.*/);
      call().restartIce();
      return until(() => {
        const { localDescription, iceConnectionState } = connection();
        return localDescription && !localDescription.sdp.includes(own) && iceConnectionState === 'connected';
      }, 'restarted');
    });

  it('servers are asked for before they expire, and used after that', { timeout: 60_000 }, async (test) => {
    const ends = [];
    const first = () => {
      const list = turn.iceServers({ seconds: 20 });
      ends.push(1000 * parseInt(list[0].username));
      return list;
    };
    const name = `second-${randomUUID()}`;
    const second = turn.iceServers({ name });
    const both = await meet(test, ['chromium', 'firefox'], first, second);
    const end = Math.min(...ends);
    for (const page of both) {
      const asked = () => page.evaluate(() => window.asked[1]);
      const at = await until(asked, 'asked again', 30_000);
      assert.ok(at < end, `asked ${at - end} ms after the end`);
    }
    assert.ok(!turn.output().includes(name), 'nothing was restarted for it');
    await until(() => Date.now() > Math.max(...ends), 'the first are of no use');
    await restart(both[0]);
    await came(second[0]);
    await talk(...both);
  });

  for (const kinds of pairs) {
    it(
      `${kinds.join(' and ')} restart with servers that a function gives anew`,
      { timeout: 60_000 },
      async (test) => {
        const lists = ['first', 'second'].map((name) => turn.iceServers({ name: `${name}-${randomUUID()}` }));
        const both = await meet(test, kinds, ...lists);
        await came(lists[0][0]);
        for (const page of both)
          assert.equal(await page.evaluate(() => window.asked.length), 1, 'asked once for the call');
        await restart(both[0]);
        await came(lists[1][0]);
        const asked = await Promise.all(both.map((page) => page.evaluate(() => window.asked.length)));
        assert.ok(Math.max(...asked) >= 2, `asked again: ${asked}`);
        await talk(...both);
      },
    );
  }
});
