import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, describe, it } from 'node:test';
import { isInstalled } from '../../scripts/install.mjs';
import { root } from '../support/package.mjs';

const folders = [];
function temporary() {
  folders.push(mkdtempSync(join(tmpdir(), 'rtc-elements-')));
  return folders.at(-1);
}
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

/** A process, with what it has printed and its end. */
function run(command, words, env) {
  const child = spawn(command, words, { cwd: root, env: { ...process.env, ...env } });
  const said = { child, output: '' };
  said.ended = new Promise((resolve) => child.on('close', resolve));
  said.prints = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = said.output.match(pattern);
        if (found) resolve(found);
      };
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look);
      void said.ended.then(() => reject(new Error(`ended without ${pattern}: ${said.output}`)));
    });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (said.output += text));
  }
  return said;
}

describe('npm start', { timeout: 60_000 }, () => {
  const running = [];
  const serve = (PORT) => {
    running.push(run(process.execPath, ['scripts/serve.mjs'], { PORT }));
    return running.at(-1);
  };
  afterEach(async () => {
    for (const { child, ended } of running.splice(0)) {
      child.kill();
      await ended;
    }
  });

  it('prints an address that answers with the page, and a second one says that the port is taken', async () => {
    const [address, port] = await serve('0').prints(/http:\/\/localhost:(\d+)\//);
    const response = await fetch(address);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /<peer-call/);
    const second = serve(port);
    assert.equal(await second.ended, 1);
    assert.match(second.output, new RegExp(`Port ${port} is taken`));
  });

  for (const port of ['eighty', '-1', '65536', '80.5']) {
    it(`names PORT=${port} as what is wrong`, async () => {
      const wrong = serve(port);
      assert.equal(await wrong.ended, 1);
      assert.ok(wrong.output.includes(`it is "${port}"`), wrong.output);
    });
  }
});

describe('what is installed', () => {
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const wanted = { '': { name: 'x' }, 'node_modules/a': a, 'node_modules/b': { ...a, optional: true } };

  for (const [what, installed, expected] of [
    ['nothing', undefined, false],
    ['a broken lockfile', 'broken', false],
    ['everything', { 'node_modules/a': a, 'node_modules/b': a }, true],
    ['everything but the optional', { 'node_modules/a': a }, true],
    ['the optional alone', { 'node_modules/b': a }, false],
    ['another version', { 'node_modules/a': { ...a, version: '1.0.1' } }, false],
    ['other content', { 'node_modules/a': { ...a, integrity: 'sha512-b' } }, false],
    [
      'another version of the optional',
      { 'node_modules/a': a, 'node_modules/b': { version: '2.0.0' } },
      false,
    ],
  ]) {
    it(`${what}: ${expected ? 'enough' : 'not enough'}`, () => {
      const folder = temporary();
      mkdirSync(join(folder, 'node_modules'));
      writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: wanted }));
      const lockfile = join(folder, 'node_modules/.package-lock.json');
      if (installed === 'broken') writeFileSync(lockfile, '{');
      else if (installed) writeFileSync(lockfile, JSON.stringify({ packages: installed }));
      assert.equal(isInstalled(folder), expected);
    });
  }
});

describe('.ci/run on a machine with an old Node', { skip: process.platform === 'win32' }, () => {
  /** Runs it with these commands in place of the real ones; answers what it printed and what apt-get was asked. */
  async function ci(commands) {
    const folder = temporary();
    for (const [name, script] of Object.entries({ id: 'echo 0', npm: '', ...commands })) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    // One pipe for both: two would not keep the order of what is printed.
    const ci = run('bash', ['-c', 'exec bash .ci/run 2>&1'], { PATH: `${folder}:${process.env.PATH}` });
    const code = await ci.ended;
    return { code, lines: ci.output.trimEnd().split('\n') };
  }
  const old = { node: 'echo 18.19.0', 'apt-get': 'echo "apt-get $*"' };

  it('says that apt has none, without installing it', async () => {
    const policy = "echo 'nodejs:\n  Installed: (none)\n  Candidate: 18.20.4+dfsg-1~deb12u1'";
    const { code, lines } = await ci({ ...old, 'apt-cache': policy });
    assert.equal(code, 1);
    assert.equal(lines.at(-1), '0 passed, 1 failed');
    assert.match(
      lines.at(-2),
      /^Node 20\.19\.0 or newer .* must be installed before this can run \(apt offers Node 18\.20\.4\)/,
    );
    assert.ok(!lines.some((line) => line.startsWith('apt-get -qq install')), lines.join('\n'));
  });

  it('says so where apt knows no Node', async () => {
    const { code, lines } = await ci({ ...old, 'apt-cache': "echo '  Candidate: (none)'" });
    assert.equal(code, 1);
    assert.match(lines.at(-2), /must be installed before this can run: /);
    assert.equal(lines.at(-1), '0 passed, 1 failed');
  });

  it('installs one that is new enough', async () => {
    const { lines } = await ci({ ...old, 'apt-cache': "echo '  Candidate: 20.19.2+dfsg-1'" });
    assert.ok(lines.some((line) => /apt-get .*install .*nodejs npm/.test(line)));
    assert.equal(lines.at(-1), '0 passed, 1 failed');
  });
});
