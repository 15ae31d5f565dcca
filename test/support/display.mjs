import { spawn } from 'node:child_process';

/** Starts Xvfb, a display without a screen, from this path; resolves with its process, and its name, which it chooses. */
export function startDisplay(path) {
  const child = spawn(path, ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', () => reject(new Error('Xvfb ended')));
    child.stdio[3].once('data', (number) => resolve({ child, name: `:${String(number).trim()}` }));
  });
}
