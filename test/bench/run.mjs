// `npm run bench`, or `npm run bench -- size call`: prints a table of each, and writes it to coverage/bench/.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/e2e.mjs';

const names = ['size', 'call', 'generator', 'data', 'companions', 'recording', 'meters', 'stats'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !names.includes(name));
if (unknown) {
  console.error(`There is no bench "${unknown}"; there are ${names.join(', ')}.`);
  process.exit(1);
}

const folder = join(root, 'coverage/bench');
mkdirSync(folder, { recursive: true });
for (const name of names.filter((name) => !wanted.length || wanted.includes(name))) {
  const { title, rows, ...more } = await (await import(`./${name}.mjs`)).run();
  console.log(`\n${title}`);
  console.table(rows);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ title, rows, ...more }, null, 2));
}
