import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
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

const scripts = builtFiles().filter((path) => path.endsWith('.js'));

/** What `pick` finds in the nodes of a built file. */
function gather(path, pick) {
  const found = [];
  const visit = (node) => {
    const picked = pick(node);
    if (picked !== undefined) found.push(picked);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, readFileSync(`${root}dist/${path}`, 'utf8'), ts.ScriptTarget.Latest, true));
  return found;
}

const isText = (node) =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);

/** The string literals of a file, templates included. */
const literalsOf = (path) => gather(path, (node) => (isText(node) ? node.text : undefined));

/** The paths below dist/ of what a file names by `new URL('./x.js', import.meta.url)`. */
const linksOf = (path) =>
  gather(path, (node) => {
    if (!ts.isNewExpression(node) || node.expression.getText() !== 'URL') return undefined;
    const [name, base] = node.arguments ?? [];
    return base?.getText() === 'import.meta.url' && ts.isStringLiteralLike(name)
      ? posix.join(posix.dirname(path), name.text)
      : undefined;
  });

/** What a file imports, in any way, but for what a page names. */
const importsOf = (path) =>
  gather(path, (node) => {
    const from = ts.isCallExpression(node)
      ? node.expression.kind === ts.SyntaxKind.ImportKeyword &&
        ts.isStringLiteralLike(node.arguments[0]) &&
        node.arguments[0]
      : node.moduleSpecifier;
    return from ? from.getText() : undefined;
  });

test('workers and worklets stand where they are looked for, each in one file', () => {
  const links = scripts.flatMap(linksOf);
  assert.ok(links.some((path) => path.startsWith('cdn/')) && links.some((path) => !path.startsWith('cdn/')));
  for (const path of new Set(links)) {
    assert.ok(scripts.includes(path), `${path} is missing`);
    // Bundlers copy the file and follow none of its imports.
    assert.deepEqual(importsOf(path), [], path);
  }
});

test('no module names a server', () => {
  // Namespaces are names, and error messages may give an example, or name the specification that mediabunny goes by.
  const harmless =
    /^http:\/\/www\.w3\.org\/|\b(?:wss:\/\/|stun:|turn:)[\w.]*\bexample\b|\bmetadata decoder configuration\b/;
  const server = /\b(?:https?|wss?):\/\/\w|\b(?:stun|turn)s?:\w/;
  const wrong = scripts.flatMap((path) =>
    literalsOf(path)
      .filter((text) => server.test(text) && !harmless.test(text))
      .map((text) => `${path}: ${text}`),
  );
  assert.deepEqual(wrong, []);
});
