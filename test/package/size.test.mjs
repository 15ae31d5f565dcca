import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { weigh, weighFile } from '../../scripts/bundle.mjs';
import { builtFiles, root } from '../support/package.mjs';

/** Bytes, minified and brotli, with everything that the entry needs, Lit included. */
const budgets = { 'media-generator': 16_000, 'stream-preview': 12 * 1024, 'peer-call': 26_000 };
/** The entry of `<peer-call>` and what every join loads beside its transport. */
const callBudget = 31_100;
const mqttBudget = 5_000;
const three = Object.keys(budgets);
/** What a companion adds to a page that has others. Any change of either makes some ten bytes more or less. */
const companionBudgets = {
  'call-chat': { beside: ['peer-call'], budget: 6 * 1024 },
  'call-controls': { beside: three, budget: 5_000 },
  'call-stats': { beside: three, budget: 5_000 },
  'device-select': { beside: three, budget: 5_000 },
  'stream-effect': { beside: three, budget: 5_000 },
  'stream-meter': { beside: three, budget: 5_000 },
  'stream-recorder': { beside: three, budget: 5_000 },
};
/** The engine alone: what a page pays that uses it without the tag. */
const generatorBudget = 9_000;

for (const [tag, budget] of Object.entries(budgets)) {
  test(`<${tag}> keeps its budget`, async (t) => {
    const { atOnce } = await weigh(`${root}dist/${tag}/define.js`);
    t.diagnostic(`${atOnce} bytes`);
    assert.ok(atOnce <= budget, `${atOnce} bytes; ${budget} are allowed`);
  });
}

for (const [tag, { beside, budget }] of Object.entries(companionBudgets)) {
  test(`<${tag}> beside ${beside.join(', ')} keeps its budget`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'rtc-elements-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const weighAll = (tags) => {
      const page = join(folder, `${tags.length}.js`);
      const entries = tags.map((name) => JSON.stringify(`${root}dist/${name}/define.js`));
      writeFileSync(page, entries.map((entry) => `import ${entry};`).join('\n'));
      return weigh(page);
    };
    const { atOnce, onDemand } = await weighAll([...beside, tag]);
    const bytes = atOnce - (await weighAll(beside)).atOnce;
    t.diagnostic(`${bytes} bytes; when used: ${JSON.stringify(onDemand)}`);
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
