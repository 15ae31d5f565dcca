import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { weigh, weighFile } from '../../scripts/bundle.mjs';
import { builtFiles, root } from '../support/package.mjs';

/** Bytes, minified and brotli, with everything that the entry needs, Lit included. */
const budgets = { 'media-generator': 16_000, 'stream-preview': 12_000, 'peer-call': 26_000 };
/** The entry of `<peer-call>` and what every join loads beside its transport. */
const callBudget = 29_000;
const mqttBudget = 5_000;
/** What a companion adds to a page that has a `<peer-call>`. */
const companionBudgets = { 'call-chat': 6_000, 'device-select': 5_000, 'stream-meter': 5_000 };
/** The engine alone: what a page pays that uses it without the tag. */
const generatorBudget = 9_000;

for (const [tag, budget] of Object.entries(budgets)) {
  test(`<${tag}> keeps its budget`, async (t) => {
    const { atOnce } = await weigh(`${root}dist/${tag}/define.js`);
    t.diagnostic(`${atOnce} bytes`);
    assert.ok(atOnce <= budget, `${atOnce} bytes; ${budget} are allowed`);
  });
}

for (const [tag, budget] of Object.entries(companionBudgets)) {
  test(`<${tag}> beside a call keeps its budget`, async (t) => {
    const entry = (name) => `${root}dist/${name}/define.js`;
    const folder = mkdtempSync(join(tmpdir(), 'rtc-elements-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const both = join(folder, 'both.js');
    writeFileSync(
      both,
      ['peer-call', tag].map((name) => `import ${JSON.stringify(entry(name))};`).join('\n'),
    );
    const { atOnce, onDemand } = await weigh(both);
    const bytes = atOnce - (await weigh(entry('peer-call'))).atOnce;
    t.diagnostic(`${bytes} bytes; when used: ${onDemand.files}`);
    assert.ok(bytes <= budget, `${bytes} bytes; ${budget} are allowed`);
  });
}

test('a call keeps its budget', async (t) => {
  const { atOnce, onDemand } = await weigh(`${root}dist/peer-call/define.js`);
  const bytes = atOnce + onDemand.stay;
  t.diagnostic(`${bytes} bytes; when used: ${JSON.stringify(onDemand)}`);
  assert.ok(bytes <= callBudget, `${bytes} bytes; ${callBudget} are allowed`);
});

test('the MQTT client is loaded when used, and keeps its budget', async (t) => {
  const { mqtt } = (await weigh(`${root}dist/peer-call/define.js`)).onDemand;
  t.diagnostic(`${mqtt} bytes`);
  assert.ok(mqtt <= mqttBudget, `${mqtt} bytes; ${mqttBudget} are allowed`);
});

test('the generator without its tag keeps its budget', async (t) => {
  const { atOnce, onDemand } = await weigh(`${root}dist/engine/generator/generator.js`);
  t.diagnostic(`${atOnce} bytes; when used: ${JSON.stringify(onDemand)}`);
  for (const path of builtFiles().filter((name) => /^engine\/.+\.work(er|let)\.js$/.test(name))) {
    t.diagnostic(`${path}: ${weighFile(`${root}dist/${path}`)} bytes`);
  }
  assert.ok(atOnce <= generatorBudget, `${atOnce} bytes; ${generatorBudget} are allowed`);
});
