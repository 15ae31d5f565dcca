import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../components/', import.meta.url));
const isTag = (folder) => folder.includes('-');
/** Tags that another tag's `define.ts` may register, because it renders them. */
const renders = {};
/** What else than Lit is imported, and where alone. */
const packages = {
  'engine/record/repair.ts': ['mediabunny'],
  'engine/signaling/sealing.ts': ['@noble/ciphers/aes.js'],
};

/** What a module imports: `{ specifier, typeOnly }` of each import, export-from and `import()`. */
function importsOf(code) {
  const found = [];
  const add = (node, typeOnly) => {
    if (node && ts.isStringLiteralLike(node)) found.push({ specifier: node.text, typeOnly });
  };
  const allTypes = (elements) => elements?.length > 0 && elements.every((element) => element.isTypeOnly);
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause;
      const named = clause?.namedBindings;
      const onlyNames = named && ts.isNamedImports(named) && !clause.name;
      add(node.moduleSpecifier, Boolean(clause?.isTypeOnly || (onlyNames && allTypes(named.elements))));
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly || Boolean(allTypes(node.exportClause?.elements)));
    } else if (ts.isImportTypeNode(node)) {
      add(node.argument.literal, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('module.ts', code, ts.ScriptTarget.Latest, true));
  return found;
}

/** Why `from` (a path below components/) may not import this; undefined when it may. */
function objection(from, { specifier, typeOnly }) {
  const [area, second] = from.split('/');
  if (!specifier.startsWith('.')) {
    const lit = specifier === 'lit' || specifier.startsWith('lit/');
    if (lit && (isTag(area) || area === 'internal')) return undefined;
    return packages[from]?.includes(specifier) ? undefined : `no package may be imported here`;
  }
  if (!specifier.endsWith('.js')) return 'imports end in .js';
  const to = posix.join(posix.dirname(from), specifier);
  const [toArea, toSecond] = to.split('/');
  if (to.startsWith('..')) return 'nothing outside components/ may be imported';
  if (from === 'index.ts' || from === 'define.ts') {
    if (from === 'define.ts')
      return /^[^/]+\/define\.js$/.test(to) ? undefined : 'it imports the define.js of tags';
    return to.endsWith('/define.js') ? 'it registers nothing' : undefined;
  }
  if (isTag(area)) {
    if (posix.basename(from) === 'define.ts') {
      const own = toArea === area || to === 'internal/define.js';
      const rendered = posix.basename(to) === 'define.js' && renders[area]?.includes(toArea);
      return own || rendered ? undefined : 'it imports internal/define.js and its class';
    }
    if (posix.basename(to) === 'define.js') return 'a class registers nothing';
    if ([area, 'internal', 'engine'].includes(toArea)) return undefined;
    return isTag(toArea) && typeOnly ? undefined : 'another tag is imported by `import type` alone';
  }
  if (area === 'internal')
    return ['internal', 'engine'].includes(toArea) ? undefined : 'internal knows no tag';
  if (toArea !== 'engine') return 'an engine knows no element';
  if (/^engine\/(store|errors|clock|kept-streams|native-class|resume|scratch|worker-script)\.js$/.test(to))
    return undefined;
  if (second.endsWith('.ts')) return 'this module is the bottom of the engine';
  if (second === toSecond) return undefined;
  if (second === 'call' && /^engine\/signaling\/(signaling|secret)\.js$/.test(to)) return undefined;
  if (second === 'effect' && toSecond === 'generator') return undefined;
  return `engine/${second} knows nothing of ${to}`;
}

const modules = readdirSync(root, { recursive: true })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts'));

test('modules import along the allowed arrows only', () => {
  const wrong = modules.flatMap((from) =>
    importsOf(readFileSync(root + from, 'utf8')).flatMap((imported) => {
      const why = objection(from, imported);
      return why ? [`components/${from} → ${imported.specifier}: ${why}`] : [];
    }),
  );
  assert.ok(modules.length > 10);
  assert.deepEqual(wrong, []);
});

test('engines use no custom elements and ask the document for nothing', () => {
  const wrong = modules.filter(
    (path) =>
      path.startsWith('engine/') &&
      /\bcustomElements\b|\bquerySelector|\bgetElementById|\bHTMLElement\s*\{/.test(
        readFileSync(root + path, 'utf8'),
      ),
  );
  assert.deepEqual(wrong, []);
});

test('forbidden arrows are seen', () => {
  const refused = [
    ['engine/call/room.ts', `import { html } from 'lit';`],
    ['engine/call/room.ts', `import { BroadcastSignaling } from '../signaling/broadcast.js';`],
    ['engine/call/room.ts', `import type { KitElement } from '../../internal/kit-element.js';`],
    ['engine/signaling/mqtt/client.ts', `import { Room } from '../../call/room.js';`],
    ['engine/store.ts', `export { Room } from './call/room.js';`],
    ['engine/capture/capture.ts', `const later = () => import('../generator/tone.js');`],
    ['engine/clock.ts', `import 'mqtt';`],
    ['engine/signaling/sealed.ts', `import { gcm } from '@noble/ciphers/aes.js';`],
    ['internal/events.ts', `import type { PeerCall } from '../peer-call/peer-call.js';`],
    ['peer-call/peer-call.ts', `import { StreamPreview } from '../stream-preview/stream-preview.js';`],
    [
      'peer-call/peer-call.ts',
      `import { type StreamPreview, other } from '../stream-preview/stream-preview.js';`,
    ],
    ['peer-call/peer-call.ts', `import './define.js';`],
    ['peer-call/peer-call.ts', `import { x } from '../../test/support/wait.js';`],
    ['peer-call/peer-call.ts', `import { x } from './controls';`],
    ['peer-call/define.ts', `import '../stream-preview/define.js';`],
    ['index.ts', `import './peer-call/define.js';`],
    ['define.ts', `import './peer-call/peer-call.js';`],
  ];
  const allowed = [
    ['peer-call/peer-call.ts', `import type { StreamPreview } from '../stream-preview/stream-preview.js';`],
    [
      'peer-call/peer-call.ts',
      `import { connect } from '../engine/signaling/connect.js'; import 'lit/decorators.js';`,
    ],
    ['peer-call/define.ts', `import { define } from '../internal/define.js';`],
    ['engine/call/room.ts', `import type { Signaling } from '../signaling/signaling.js';`],
    ['engine/effect/blur.ts', `import { x } from '../generator/generator.js';`],
    ['engine/generator/tone.ts', `import { systemClock } from '../clock.js';`],
    ['index.ts', `export * from './peer-call/peer-call.js'; export * from './engine/store.js';`],
    ['define.ts', `import './peer-call/define.js';`],
  ];
  const judge = ([from, code]) => importsOf(code).some((imported) => objection(from, imported));
  assert.deepEqual(
    refused.filter((arrow) => !judge(arrow)),
    [],
  );
  assert.deepEqual(allowed.filter(judge), []);
});
