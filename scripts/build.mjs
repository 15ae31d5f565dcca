// `npm run build`: dist/ (modules with their types), dist/cdn/ (one file for a script tag) and custom-elements.json.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minifyHTMLLiterals } from 'minify-literals';
import { bundle } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const run = (script, ...words) =>
  execFileSync(process.execPath, [`node_modules/${script}`, ...words], { stdio: 'inherit' });

rmSync('dist', { recursive: true, force: true });
run('typescript/bin/tsc', '-p', 'components');
run('typescript/bin/tsc', '-p', 'broker');
run('@custom-elements-manifest/analyzer/cem.js', 'analyze', '--quiet');

// No bundler looks into the templates of markup and styles, and none sees that each module comes with the same helper for
// decorators: they share one.
const helper = 'internal/decorate.js';
const ownHelper = /^var (__decorate = [\s\S]*?^\};\n)/m;
for (const path of readdirSync('dist', { recursive: true }).filter((name) => name.endsWith('.js'))) {
  const code = readFileSync(`dist/${path}`, 'utf8');
  const shared = code.replace(ownHelper, (_whole, decorate) => {
    writeFileSync(`dist/${helper}`, `export const ${decorate}`);
    const way = posix.relative(posix.dirname(path.replaceAll('\\', '/')), helper);
    return `import { __decorate } from '${way.startsWith('.') ? way : `./${way}`}';\n`;
  });
  const minified = await minifyHTMLLiterals(shared, { fileName: path });
  if (minified || shared !== code) writeFileSync(`dist/${path}`, minified?.code ?? shared);
}

const write = async (input, file, apart) => {
  const [{ code }] = await bundle(input, { inline: true, apart });
  writeFileSync(file, code);
  return code;
};

// A page's bundler copies what `new URL('./x.worklet.js', import.meta.url)` names, and nothing that it imports: workers
// and worklets are one file each.
const threads = readdirSync('dist', { recursive: true }).filter((path) => /\.work(er|let)\.js$/.test(path));
for (const thread of threads) await write(`dist/${thread}`, `dist/${thread}`);

// Those that the file for a script tag names stand beside it, where it looks for them; and what is as large as the rest,
// and seldom needed.
mkdirSync('dist/cdn');
await write('dist/engine/record/repair.js', 'dist/cdn/repair.js');
const code = await write('dist/define.js', 'dist/cdn/rtc-elements.js', ['./repair.js']);
for (const thread of threads) {
  const name = basename(thread);
  if (code.includes(`./${name}`)) copyFileSync(`dist/${thread}`, `dist/cdn/${name}`);
}
