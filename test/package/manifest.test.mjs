import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root, tags } from '../support/package.mjs';

const { modules } = JSON.parse(readFileSync(`${root}custom-elements.json`, 'utf8'));
const elements = modules.flatMap(({ path, declarations = [] }) =>
  declarations.filter(({ tagName }) => tagName).map((declaration) => ({ path, ...declaration })),
);
const lists = ['attributes', 'members', 'events', 'slots', 'cssParts', 'cssProperties', 'cssStates'];

test('the manifest names every tag, in the files that the package ships', () => {
  assert.deepEqual(elements.map(({ tagName }) => tagName).sort(), tags);
  for (const { tagName, path } of elements) {
    assert.equal(path, `dist/${tagName}/${tagName}.js`);
    assert.ok(existsSync(root + path));
  }
});

for (const element of elements) {
  test(`<${element.tagName}> describes all that it offers`, () => {
    assert.ok(element.description, 'the tag');
    for (const list of ['attributes', 'members', 'events', 'cssStates']) {
      assert.ok(element[list]?.length, `${list}: none`);
    }
    const bare = lists.flatMap((list) =>
      (element[list] ?? [])
        .filter(({ description }) => !description?.trim())
        .map(({ name }) => `${list}: ${name}`),
    );
    assert.deepEqual(bare, []);
  });

  test(`<${element.tagName}> offers the words of the element, and nothing of the kit's inside`, () => {
    const found = element.members
      .filter(({ name }) => ['strings', 'commands', 'connectedMoveCallback'].includes(name))
      .map(({ name, static: ofClass = false }) => [name, ofClass]);
    assert.deepEqual(found, [['strings', false]]);
  });

  test(`<${element.tagName}> names the class of every event`, () => {
    const untyped = element.events.filter(({ type }) => !type?.text).map(({ name }) => name);
    assert.deepEqual(untyped, []);
  });
}
