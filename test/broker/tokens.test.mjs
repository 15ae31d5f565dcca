import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { TokenError, tokenVerifier } from '../../broker/tokens.js';
import { roomToken } from '../../examples/brokers/token.js';

const secret = 'a secret of this broker and of its page, long enough';
const bytes = (text) => new TextEncoder().encode(text);
const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const inTenMinutes = () => Math.floor(Date.now() / 1000) + 600;
const claims = (more) => ({ aud: 'peer-call', room: 'room', sub: 'ann', exp: inTenMinutes(), ...more });
const signed = (payload, { alg = 'HS256', key = bytes(secret), kid } = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);
const refused = (promise, reason) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof TokenError, String(error));
    assert.match(error.message, reason);
    assert.equal(error.unavailable, false);
    return true;
  });

describe('tokens with a shared secret', () => {
  let verify;
  before(async () => (verify = await tokenVerifier({ secret })));

  it('let in whom they name, until they end', async () => {
    const exp = inTenMinutes();
    const admitted = { peer: 'ann', room: 'room', expires: exp * 1000 };
    assert.deepEqual(await verify(await signed(claims({ exp }))), admitted);
    assert.deepEqual(await verify(await signed(claims({ exp, aud: ['peer-call', 'other'] }))), admitted);
    assert.equal((await verify(await roomToken({ room: 'room', peer: 'ann', secret }))).peer, 'ann');
  });

  for (const [what, more, reason] of [
    ['that has expired', { exp: 1 }, /EXPIRED/],
    ['that does not hold yet', { nbf: inTenMinutes() }, /CLAIM/],
    ['that never ends', { exp: undefined }, /CLAIM/],
    ['that ends at no time', { exp: '9999999999' }, /CLAIM|INVALID/],
    ['for somebody else', { aud: 'another' }, /CLAIM/],
    ['for nobody', { aud: undefined }, /CLAIM/],
    ['for no room', { room: undefined }, /CLAIM/],
    ['for all rooms', { room: '+' }, /identifier/],
    ['for a list of rooms', { room: ['room'] }, /identifier/],
    ['of no peer', { sub: undefined }, /CLAIM/],
    ['of a peer with a path', { sub: 'ann/bob' }, /identifier/],
    ['of a long peer', { sub: 'x'.repeat(65) }, /identifier/],
  ]) {
    it(`refuse one ${what}`, async () => {
      const token = `${base64url({ alg: 'HS256' })}.${base64url(claims(more))}`;
      await refused(verify(await signedRaw(token)), reason);
    });
  }

  /** Signs what no library would. */
  async function signedRaw(text) {
    const { createHmac } = await import('node:crypto');
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  }

  it('refuse one that another has signed, or nobody', async () => {
    const payload = base64url(claims());
    await refused(verify(await signed(claims(), { key: bytes(`${secret}.`) })), /SIGNATURE/);
    for (const alg of ['none', 'None', 'NONE', '']) {
      await refused(verify(`${base64url({ alg })}.${payload}.`), /ALG|INVALID/);
    }
    const [head, , mac] = (await signed(claims({ sub: 'bob' }))).split('.');
    await refused(verify(`${head}.${payload}.${mac}`), /SIGNATURE/);
    await refused(verify(`${head}.${payload}.`), /SIGNATURE/);
    const { privateKey } = await generateKeyPair('RS256');
    await refused(verify(await signed(claims(), { alg: 'RS256', key: privateKey })), /ALG/);
  });

  it('refuse what is no token', async () => {
    for (const text of ['', 'guess', '..', 'a.b.c', `${'x'.repeat(60_000)}.e30.`]) {
      await refused(verify(text), /INVALID/);
    }
  });

  it('want a long secret', async () => {
    await assert.rejects(tokenVerifier({ secret: 'x'.repeat(31) }), /31 bytes; it needs 32/);
    await assert.rejects(tokenVerifier({}), /either/);
    await assert.rejects(tokenVerifier({ secret, jwks: 'keys.json' }), /either/);
  });
});

describe('tokens with a key set', () => {
  let folder, keys, server, answer;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keys-'));
    keys = await generateKeyPair('ES256');
    const key = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' };
    await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys: [key] }));
    server = createServer((_request, response) => answer(response));
    answer = (response) => response.end(JSON.stringify({ keys: [key] }));
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const url = () => `http://127.0.0.1:${server.address().port}/keys`;
  const ofOurs = () => signed(claims(), { alg: 'ES256', key: keys.privateKey, kid: 'one' });

  it('let in by a file and by an address', async () => {
    for (const jwks of [join(folder, 'keys.json'), url()]) {
      assert.equal((await (await tokenVerifier({ jwks }))(await ofOurs())).peer, 'ann');
    }
  });

  it('refuse a foreign key, none at all, and the public key taken for a secret', async () => {
    const verify = await tokenVerifier({ jwks: join(folder, 'keys.json') });
    const { privateKey } = await generateKeyPair('ES256');
    await refused(verify(await signed(claims(), { alg: 'ES256', key: privateKey, kid: 'one' })), /SIGNATURE/);
    await refused(verify(await signed(claims(), { alg: 'ES256', key: privateKey, kid: 'two' })), /KEY/);
    for (const alg of ['none', 'None', 'NONE', '']) {
      const head = base64url({ alg, kid: 'one' });
      await refused(verify(`${head}.${base64url(claims())}.`), /ALG|INVALID/);
    }
    const known = bytes(JSON.stringify(await exportJWK(keys.publicKey)));
    await refused(verify(await signed(claims(), { key: known, kid: 'one' })), /ALG/);
  });

  it('say that it is not their fault when the keys are not to be had', async () => {
    const verify = await tokenVerifier({ jwks: url() });
    const token = await ofOurs();
    for (const bad of [(response) => response.writeHead(500).end(), (response) => response.end('{}')]) {
      const good = answer;
      answer = bad;
      await assert.rejects(verify(token), { unavailable: true });
      answer = good;
    }
    assert.equal((await verify(token)).peer, 'ann');
  });

  it('want a safe place for it', async () => {
    for (const jwks of ['http://keys.example/', 'ftp://keys.example/']) {
      await assert.rejects(tokenVerifier({ jwks }), /https:/);
    }
    for (const jwks of [join(folder, 'none.json'), 'C:\\none.json']) {
      await assert.rejects(tokenVerifier({ jwks }), { code: 'ENOENT', message: /none\.json.*ENOENT/ });
    }
    await assert.rejects(tokenVerifier({ jwks: folder }), { message: /^The file .*EISDIR/ });
  });

  it('want a key in it, and do not say what else is there', async () => {
    const jwks = join(folder, 'bad.json');
    for (const text of ['', 'secret', '"secret"', 'null', '{}', '{"keys":[]}', '{"kty":"EC"}']) {
      await writeFile(jwks, text);
      const message = `The file "${jwks}" is no key set: {"keys": […]}, with one public key or more.`;
      await assert.rejects(tokenVerifier({ jwks }), { message });
    }
  });
});
