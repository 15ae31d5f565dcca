import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { turnCredentials } from '../../broker/turn-credentials.js';
import { startTurn } from '../support/coturn.mjs';
import { whyNot } from '../support/daemon.mjs';

const urls = 'turn:turn.example:3478';

describe('turnCredentials', () => {
  it('makes what OpenSSL makes', () => {
    // printf 1700003600:ann | openssl dgst -sha1 -hmac secret -binary | base64
    assert.deepEqual(turnCredentials({ secret: 'secret', urls, name: 'ann', now: 1_700_000_000_900 }), {
      urls,
      username: '1700003600:ann',
      credential: 'Xr7ev1LGCuEWxIUsfPHLdprP82w=',
    });
  });

  it('holds for an hour, or as long as it is told', () => {
    const ends = (options) =>
      Number(turnCredentials({ secret: 's', urls, ...options }).username.split(':')[0]);
    const now = Date.now() / 1000;
    assert.ok(Math.abs(ends() - now - 3600) < 2);
    assert.ok(Math.abs(ends({ seconds: 60 }) - now - 60) < 2);
  });

  it('makes none that everybody could make', () => {
    assert.throws(() => turnCredentials({ urls }), /secret/);
    assert.throws(() => turnCredentials({ secret: '', urls }), /secret/);
  });

  describe('at coturn', { skip: whyNot('turnserver', 'coturn') }, () => {
    let turn;
    before(async () => (turn = await startTurn()));
    after(() => turn?.close());

    /** Whether its own client gets a relay with these. */
    const relays = async (options) => {
      const [{ username, credential }] = turn.iceServers(options);
      const words = ['-y', '-c', '-n', '1', '-p', turn.port, '-u', username, '-w', credential, '127.0.0.1'];
      const { stdout } = await promisify(execFile)('turnutils_uclient', words.map(String), {
        timeout: 20_000,
      }).catch((error) => error);
      return /tot_recv_bytes ~ [1-9]/.test(stdout);
    };

    it(
      'hold, and do not hold when they have expired or were made with another secret',
      { timeout: 60_000 },
      async () => {
        assert.equal(await relays(), true, 'hold');
        assert.equal(await relays({ seconds: -60 }), false, 'expired');
        assert.equal(await relays({ secret: 'another' }), false, 'of another');
      },
    );
  });
});
