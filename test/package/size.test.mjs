import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weigh } from '../../scripts/bundle.mjs';
import { root } from '../support/package.mjs';

/** Bytes, minified and brotli, with everything that the entry needs, Lit included. */
const budgets = { 'media-generator': 14_000, 'stream-preview': 12_000, 'peer-call': 22_000 };
const mqttBudget = 5_000;

for (const [tag, budget] of Object.entries(budgets)) {
  test(`<${tag}> keeps its budget`, async (t) => {
    const { atOnce } = await weigh(`${root}dist/${tag}/define.js`);
    t.diagnostic(`${atOnce} bytes`);
    assert.ok(atOnce <= budget, `${atOnce} bytes; ${budget} are allowed`);
  });
}

test('the MQTT client is loaded when used, and keeps its budget', async (t) => {
  const { mqtt } = (await weigh(`${root}dist/peer-call/define.js`)).onDemand;
  t.diagnostic(`${mqtt} bytes`);
  assert.ok(mqtt <= mqttBudget, `${mqtt} bytes; ${mqttBudget} are allowed`);
});
