// Runs on a fresh clone, before anything is installed: node built-ins only.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST = [20, 19];

function packagesIn(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Whether `folder` has what its lockfile names. npm writes `node_modules/.package-lock.json` last. */
export function isInstalled(folder = root) {
  const installed = packagesIn(join(folder, 'node_modules/.package-lock.json'));
  if (!installed) return false;
  const wanted = Object.entries(packagesIn(join(folder, 'package-lock.json'))).filter(
    ([path]) => path !== '',
  );
  return wanted.every(([path, { version, integrity, optional }]) => {
    const found = installed[path];
    // Optional packages are for other machines.
    return found ? found.version === version && found.integrity === integrity : optional;
  });
}

/** Installs the packages of the lockfile unless they are there. Throws with a reason that a person can act on. */
export function installPackages() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new Error(`Node ${OLDEST.join('.')} or newer is needed; this is ${process.versions.node}.`);
  }
  if (isInstalled()) return;
  console.log('Installing packages (npm ci) …');
  // --include=dev: NODE_ENV=production must not leave the tools out.
  const { status } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('npm ci failed: see above. It needs a package registry within reach.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    installPackages();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
