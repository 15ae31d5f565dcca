import { fileURLToPath } from 'node:url';
import { existsSync } from 'node:fs';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { puppeteerLauncher } from '@web/test-runner-puppeteer';
import { findBrowser, launchOptions } from './test/support/browsers.mjs';
import { mqttBrokers } from './test/support/mqtt-brokers.mjs';
import { freePort } from './test/support/port.mjs';
import { findWebKit, webkitLauncher } from './test/support/webkit.mjs';
import { websocketRelay } from './test/support/websocket-relay.mjs';
import { countReporter } from './test/support/count-reporter.mjs';

const root = fileURLToPath(new URL('.', import.meta.url));

// `new URL('./x.worker.js', import.meta.url)` names what the build makes, and that of a `.worklet.js` too; here its
// source stands there.
const threadSources = (context, next) => {
  const source = context.path.replace(/\.js$/, '.ts');
  if (source.startsWith('/components/') && !existsSync(root + context.path) && existsSync(root + source)) {
    context.path = source;
  }
  return next();
};

// Nothing changes while the tests run, and every file of tests asks for some 150 modules.
const isWatching = process.argv.some((word) => word.startsWith('--watch'));
const keptModules = async (context, next) => {
  await next();
  const isModule = /^\/(components|node_modules|test\/support)\//.test(context.path);
  if (isModule && !isWatching) context.set('cache-control', 'max-age=3600');
};

/** What mediabunny imports for Node alone: its field `browser` says so, as bundlers read it. */
const withoutNode = {
  name: 'without-node',
  resolveImport: ({ source }) => (source === 'node:fs/promises' ? '/without-node.js' : undefined),
  serve: ({ path }) => (path === '/without-node.js' ? { body: '', type: 'js' } : undefined),
};

const launcher = (browser) =>
  puppeteerLauncher({
    launchOptions: launchOptions(browser),
    concurrency: 2,
    // A window of its own for each file: a hidden tab shows no frames.
    createPage: ({ context }) => context.newPage({ type: 'window' }),
  });

/** One browser: `npx wtr --browser=…` is not ours to define, so an environment variable chooses. */
const wanted = process.env.TEST_BROWSER?.split(',') ?? ['chromium', 'firefox'];
const browsers = wanted.filter((name) => name !== 'webkit' && findBrowser(name)).map(launcher);
if (wanted.includes('webkit') && findWebKit()) browsers.push(webkitLauncher());

/** WebKitGTK is here for its generators, and what is made with them; it has no peer connections. Arithmetic is the same everywhere. */
const arithmetic =
  'bounded-queue,boxes,pace,settings,sound-ring,sync-art,sync-code,sync-figures,tone,tone-spectrum';
const webkitFiles = [
  'test/engine/{effect,generator}/**/*.test.ts',
  `!test/engine/**/{${arithmetic}}.test.ts`,
];

export default {
  rootDir: root,
  // Two of these run at once, and the runner's own search gives both the same one.
  port: await freePort(),
  files: wanted.includes('webkit') ? webkitFiles : ['test/**/*.test.ts'],
  nodeResolve: { exportConditions: ['development'] },
  middleware: [threadSources, keptModules],
  plugins: [
    withoutNode,
    mqttBrokers(),
    websocketRelay(),
    esbuildPlugin({ ts: true, target: 'es2022', tsconfig: `${root}tsconfig.json` }),
  ],
  browsers,
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  // In WebKitGTK one file after the other, of which the longest takes one minute: a page that has crashed is waited for.
  testsFinishTimeout: wanted.includes('webkit') ? 100_000 : 180_000,
  reporters: [defaultReporter({ reportTestProgress: process.stdout.isTTY }), countReporter()],
  filterBrowserLogs: ({ args }) => !String(args[0]).startsWith('Lit is in dev mode'),
  // Some depend on a sound card, some on how busy the machine is: what fails has one more try. Tests of
  // properties have none (`this.retries(0)`), since that would be of other examples: a counterexample is one.
  testFramework: { config: { timeout: 20_000, retries: 1 } },
  coverageConfig: { include: ['components/**'] },
};
