// `npm run build`: dist/ (modules with their types), dist/cdn/ (one file for a script tag) and custom-elements.json.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const run = (script, ...words) =>
  execFileSync(process.execPath, [`node_modules/${script}`, ...words], { stdio: 'inherit' });

rmSync('dist', { recursive: true, force: true });
run('typescript/bin/tsc', '-p', 'components');
run('@custom-elements-manifest/analyzer/cem.js', 'analyze', '--quiet');

// The workers stand beside the one file, where `new URL('./x.worker.js', import.meta.url)` looks for them.
const workers = readdirSync('dist', { recursive: true }).filter((path) => path.endsWith('.worker.js'));
const files = { 'dist/define.js': 'rtc-elements.js' };
for (const worker of workers) files[`dist/${worker}`] = basename(worker);
mkdirSync('dist/cdn');
for (const [input, file] of Object.entries(files)) {
  const [{ code }] = await bundle(input, { inline: true });
  writeFileSync(`dist/cdn/${file}`, code);
}
