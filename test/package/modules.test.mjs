import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';
import { builtFiles, builtModules, root, tags } from '../support/package.mjs';

/** Imports modules in a Node of their own and returns the tags that they registered. */
function registeredBy(...modules) {
  const script = `
    const registered = [];
    globalThis.customElements = { get: (tag) => undefined, define: (tag) => registered.push(tag) };
    for (const url of ${JSON.stringify(modules.map((path) => `file://${root}dist/${path}`))}) {
      try {
        await import(url);
      } catch (error) {
        throw new Error('import of ' + url, { cause: error });
      }
    }
    console.log(JSON.stringify(registered.sort()));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' }),
  );
}

test('every module imports in Node, and those that define nothing register nothing', () => {
  const modules = builtModules().filter(
    (path) => !/(^|\/)define\.js$/.test(path) || path.startsWith('internal/'),
  );
  assert.ok(modules.includes('index.js') && modules.length > 10);
  assert.deepEqual(registeredBy(...modules), []);
});

test('define.js registers every tag', () => {
  assert.deepEqual(registeredBy('define.js'), tags);
});

for (const tag of tags) {
  test(`${tag}/define.js registers its own tag`, () => {
    assert.deepEqual(registeredBy(`${tag}/define.js`), [tag]);
  });
}

/** The string literals of a file, templates included. */
function literalsOf(path) {
  const found = [];
  const visit = (node) => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      found.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(`${root}dist/${path}`, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

test('no module names a server', () => {
  // Namespaces are names, and error messages may give an example.
  const harmless = /^http:\/\/www\.w3\.org\/|\b(?:wss:\/\/|stun:|turn:)[\w.]*\bexample\b/;
  const server = /\b(?:https?|wss?):\/\/\w|\b(?:stun|turn)s?:\w/;
  const scripts = builtFiles().filter((path) => path.endsWith('.js'));
  const wrong = scripts.flatMap((path) =>
    literalsOf(path)
      .filter((text) => server.test(text) && !harmless.test(text))
      .map((text) => `${path}: ${text}`),
  );
  assert.deepEqual(wrong, []);
});
