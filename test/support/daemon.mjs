import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { installPackages, onPath } from './browsers.mjs';
import { until } from './e2e.mjs';

/** How long a server may take to end by itself, in ms. */
const PATIENCE = 5000;

/** The path of a server's program, which may be where only root looks; undefined unless it is installed. */
function find(program) {
  const there = `/usr/sbin/${program}`;
  return onPath(program) ?? (existsSync(there) ? there : undefined);
}

/**
 * Makes sure that a server is there, if need be and possible as a package of Debian's. Answers why its tests are
 * skipped, aloud, or false.
 */
export function whyNot(program, debianPackage = program) {
  if (!find(program)) installPackages([debianPackage]);
  if (find(program)) return false;
  const reason = `No ${program} was found, so nothing is tested with it (Debian: apt-get install ${debianPackage}).`;
  console.warn(`– ${reason}`);
  return reason;
}

/** Resolves when somebody listens at each of these ports. */
function listening(ports) {
  const accepts = (port) =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('close', () => socket.destroy()).unref();
    });
  return Promise.all(ports.map((port) => until(() => accepts(port), `a server at port ${port}`)));
}

/**
 * Starts a server in an empty folder of its own, where these `files` are written first and `prepare` may do more, with
 * `env` beside what this process has; resolves when it listens at the `ports`. It ends with this process at the latest.
 */
export async function startDaemon(program, { args, ports, files = {}, env = {}, prepare = () => {} }) {
  const folder = await mkdtemp(join(tmpdir(), `${program}-`));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  prepare(folder);
  let child, exited;
  let output = '';
  const end = () => child.kill('SIGKILL');

  async function start() {
    child = spawn(find(program), args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    exited = once(child, 'exit');
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    process.on('exit', end);
    const early = exited.then(() => Promise.reject(new Error(`${program} ended:\n${output}`)));
    await Promise.race([listening(ports), early]).catch((error) => {
      throw new Error(`${error.message}\n${output}`);
    });
    early.catch(() => {});
  }

  /** Ends it, at once if it is `killed`. */
  async function stop({ killed = false } = {}) {
    process.off('exit', end);
    child.kill(killed ? 'SIGKILL' : 'SIGTERM');
    const timer = setTimeout(end, PATIENCE);
    await exited;
    clearTimeout(timer);
  }

  await start();
  return {
    folder,
    /** Starts it again after `stop()`, in the same folder and at the same ports. */
    start,
    stop,
    async close() {
      if (child.exitCode === null && child.signalCode === null) await stop();
      await rm(folder, { recursive: true, force: true });
    },
    /** What it has said. */
    output: () => output,
  };
}
