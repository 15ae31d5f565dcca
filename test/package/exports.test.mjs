import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';
import { builtFiles, manifest, root } from '../support/package.mjs';

const { name, exports } = manifest;

/** `./x/*.js` with its targets becomes one entry for each file that it stands for. */
function expand([path, targets]) {
  const { types, default: target } = typeof targets === 'string' ? { default: targets } : targets;
  if (!path.includes('*')) return [{ path, target, types }];
  const [before, after] = target.split('*');
  const stars = builtFiles()
    .map((file) => `./dist/${file}`)
    .filter((file) => file.startsWith(before) && file.endsWith(after))
    .map((file) => file.slice(before.length, -after.length));
  assert.ok(stars.length > 0, `${path} stands for nothing`);
  const fill = (pattern, star) => pattern?.replace('*', star);
  return stars.map((star) => ({
    path: fill(path, star),
    target: fill(target, star),
    types: fill(types, star),
  }));
}

test('every exported path resolves to a file with types', () => {
  for (const { path, target, types } of Object.entries(exports).flatMap(expand)) {
    const resolved = import.meta.resolve(name + path.slice(1));
    assert.equal(resolved, new URL(target, `file://${root}`).href);
    assert.ok(existsSync(new URL(resolved)), `${path}: ${target} is missing`);
    if (types) assert.ok(existsSync(root + types), `${path}: ${types} is missing`);
  }
});

// Those who do not skip the check of what they install would get the errors, and all others `any` in their place.
test('the types of the package make sense by themselves', () => {
  const paths = builtFiles().filter((file) => file.endsWith('.d.ts'));
  assert.ok(paths.length > 10);
  const program = ts.createProgram(
    paths.map((path) => `${root}dist/${path}`),
    {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: ['node'],
      strict: true,
    },
  );
  const errors = paths.flatMap((path) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(`${root}dist/${path}`))
      .map(({ messageText }) => `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`),
  );
  assert.deepEqual(errors, []);
});

test('what is internal is not exported', () => {
  assert.throws(() => import.meta.resolve(`${name}/internal/define.js`), {
    code: 'ERR_PACKAGE_PATH_NOT_EXPORTED',
  });
});

test('the package holds what is built and nothing else', () => {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [{ files }] = JSON.parse(execFileSync('npm', words, { cwd: root, encoding: 'utf8', stdio: 'pipe' }));
  const others = files
    .map(({ path }) => path)
    .filter((path) => !/^dist\/.+(\.js|\.d\.ts)$|^broker\/[\w-]+\.js$/.test(path));
  assert.deepEqual(others.sort(), ['LICENSE', 'README.md', 'custom-elements.json', 'package.json']);
  assert.ok(files.some(({ path }) => path === 'dist/cdn/rtc-elements.js'));
});
