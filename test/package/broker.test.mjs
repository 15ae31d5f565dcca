import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../support/e2e.mjs';
import { manifest, root } from '../support/package.mjs';

const { name, bin, peerDependencies, peerDependenciesMeta, dependencies } = manifest;
const [command] = Object.keys(bin);
const peers = Object.keys(peerDependencies);

describe(`${command}, from the package as it is published`, { skip: process.platform === 'win32' }, () => {
  let folder, program;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'installed-'));
    const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
    const [{ filename }] = JSON.parse(
      execFileSync('npm', words, { cwd: root, encoding: 'utf8', stdio: 'pipe' }),
    );
    const place = join(folder, 'node_modules', name);
    mkdirSync(place, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, filename), '--strip-components=1', '-C', place]);
    mkdirSync(join(folder, 'node_modules/.bin'));
    program = join(folder, 'node_modules/.bin', command);
    symlinkSync(join(place, bin[command]), program);
  });
  after(() => rmSync(folder, { recursive: true }));

  const run = (...words) => {
    const child = spawn(program, words, { cwd: folder, env: { ...process.env, JWT_SECRET: undefined } });
    const one = { child, output: '', ended: once(child, 'close').then(([code]) => code) };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (one.output += text));
    return one;
  };

  it('asks those who want the elements only for nothing', () => {
    for (const peer of peers) {
      assert.equal(peerDependenciesMeta[peer].optional, true, peer);
      assert.ok(!(peer in dependencies), peer);
    }
  });

  it('says what to install, and how it is used without it', async () => {
    const broker = run();
    assert.equal(await broker.ended, 1);
    assert.match(broker.output, /needs (aedes|jose|ws), which is not installed: npm install aedes jose ws/);
    const help = run('--help');
    assert.equal(await help.ended, 0);
    assert.match(help.output, /--port/);
  });

  it('runs with what it asks for, and ends when it is told to', async () => {
    for (const peer of ['aedes', 'jose', 'ws'])
      symlinkSync(join(root, 'node_modules', peer), join(folder, 'node_modules', peer));
    const broker = run('--port', '0');
    const listening = () => /"url":"ws:\/\/127\.0\.0\.1:(\d+)/.exec(broker.output);
    const [, port] = await until(listening, `an address: ${broker.output}`);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
    assert.equal(await answer.text(), 'ok\n');
    broker.child.kill('SIGTERM');
    assert.equal(await broker.ended, 0);
  });

  it('brings what a server makes passwords for TURN with', () => {
    const script = `
      import { turnCredentials } from '${name}/broker/turn-credentials.js';
      console.log(turnCredentials({ secret: 's', urls: 'turn:x.example', now: 0, seconds: 60 }).username);`;
    const words = ['--input-type=module', '--eval', script];
    assert.equal(execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8' }), '60:peer\n');
  });
});
