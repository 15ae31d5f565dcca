import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
/** Every tag of the kit. */
export const tags = [
  'call-chat',
  'call-controls',
  'call-stats',
  'device-select',
  'media-generator',
  'peer-call',
  'stream-effect',
  'stream-meter',
  'stream-preview',
  'stream-recorder',
];

/** The built files, as paths below dist/ with `/`. */
export function builtFiles() {
  return readdirSync(`${root}dist`, { recursive: true }).map((path) => path.replaceAll('\\', '/'));
}

/** The built modules for bundlers and Node: neither the file for script tags nor the workers and worklets. */
export function builtModules() {
  return builtFiles().filter((path) => /(?<!\.work(er|let))\.js$/.test(path) && !path.startsWith('cdn/'));
}
