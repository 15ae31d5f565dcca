import { createServer as createHttpServer } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import process from 'node:process';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { createServer as createViteServer } from 'vite';
import { launchOptions } from './browsers.mjs';
import { installCounters, installHelpers } from './e2e-page.mjs';
import { freePort } from './port.mjs';

export const root = fileURLToPath(new URL('../../', import.meta.url));
/** Ignored by git. */
export const screenshots = join(root, 'coverage/e2e');

/** How a page that `startExamples()` serves comes to have a tag. */
export const definition = (tag) => `/@fs${root}components/${tag}/define.ts`;

const fixture = `<!doctype html>
<html lang="en">
  <head>
    <meta http-equiv="Content-Security-Policy" content="default-src 'self'; connect-src 'self' ws: wss:; media-src 'self' blob:">
    <title>Fixture</title>
    <link rel="icon" href="/icon.svg">
    <script type="module" src="${definition('media-generator')}"></script>
    <script type="module" src="${definition('peer-call')}"></script>
  </head>
  <body></body>
</html>`;

/**
 * What `npm start` serves, at a free port: the examples with the broker at `/mqtt`, and an empty page that has generators
 * and calls at `/fixture`. Without hot reload, so that a file saved meanwhile does not end a call.
 */
export async function startExamples() {
  const server = await createViteServer({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    server: {
      host: '127.0.0.1',
      port: await freePort(),
      strictPort: true,
      hmr: false,
      watch: null,
      open: false,
      // Nothing changes while the tests run, and every page asks for some 150 modules.
      headers: { 'cache-control': 'max-age=3600' },
    },
    plugins: [
      {
        name: 'fixture',
        configureServer({ middlewares }) {
          middlewares.use('/fixture', (_request, response) => {
            response.setHeader('content-type', 'text/html').end(fixture);
          });
        },
      },
    ],
  });
  await server.listen();
  const origin = `http://127.0.0.1:${server.httpServer.address().port}`;
  return { origin, broker: `${origin.replace('http', 'ws')}/mqtt`, close: () => server.close() };
}

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.css': 'text/css',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.wasm': 'application/wasm',
};

/** A static server of this folder and no more, which sends these headers with each file and tells what was `requested`. */
export async function startStatic(folder = root, headers = {}) {
  const requested = new Set();
  const server = createHttpServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    requested.add(pathname);
    const path = normalize(join(folder, decodeURIComponent(pathname)));
    const body = path.startsWith(normalize(folder + sep)) ? await readFile(path).catch(() => null) : null;
    response.writeHead(body ? 200 : 404, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      ...headers,
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    requested,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

// What automation switches off, and users have on.
const unthrottling = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/**
 * Starts a browser; `flags` are added to Chromium's, `without` are taken away, `preferences` are added to Firefox's.
 * `throttled`: hidden tabs get no more time than they get from users' browsers. All else is for puppeteer.
 */
export function launch(browser, { flags = [], without = [], preferences, throttled = false, ...more } = {}) {
  const options = launchOptions(browser);
  if (options.args) options.args = [...options.args.filter((flag) => !without.includes(flag)), ...flags];
  else options.extraPrefsFirefox = { ...options.extraPrefsFirefox, ...preferences };
  return puppeteer.launch({
    ...options,
    handleSIGINT: true,
    ...(throttled && { ignoreDefaultArgs: unthrottling }),
    ...more,
  });
}

/** How to launch each browser so that what a user saves is in this folder. */
export const savingTo = (folder) => ({
  chromium: { downloadBehavior: { policy: 'allow', downloadPath: folder } },
  firefox: {
    preferences: {
      'browser.download.folderList': 2,
      'browser.download.dir': folder,
      'browser.download.useDownloadDir': true,
      'browser.download.always_ask_before_handling_new_types': false,
    },
  },
});

// Firefox says so, now and then, of a socket that the page itself has closed.
const closedSocket = /The connection to wss?:.* was interrupted while the page was loading/;

/** What browsers say where the network is cut, or the broker away. */
export const unreachable =
  /WebSocket connection to .* failed|WebSocket is already in CLOSING|can’t establish a connection|ICE failed/;

/**
 * Opens a page in a window of its own (a hidden tab shows no frames). Its errors gather in `page.problems`, its warnings
 * in `page.warnings`, what it logs in `page.logged`, and what its content security policy has forbidden in its `e2e.violations`. `tab`: in the window
 * that there is. `before`: run in the page before its own scripts.
 */
export async function open(browser, url, { counted = false, tab = false, before = [] } = {}) {
  const page = await browser.newPage({ type: tab ? 'tab' : 'window' });
  page.problems = [];
  page.warnings = [];
  page.logged = [];
  page.on('pageerror', (error) => {
    if (!closedSocket.test(error.message)) page.problems.push(String(error));
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !closedSocket.test(message.text())) page.problems.push(message.text());
    if (message.type() === 'warn') page.warnings.push(message.text());
    if (message.type() === 'log') page.logged.push(message.text());
  });
  await page.evaluateOnNewDocument(installHelpers);
  if (counted) await page.evaluateOnNewDocument(installCounters);
  for (const script of [before].flat()) await page.evaluateOnNewDocument(script);
  await page.goto(url, { waitUntil: 'load' });
  return page;
}

/** The same, for as long as the test runs. */
export async function visit(test, ...where) {
  const page = await open(...where);
  test.after(() => page.isClosed() || page.close());
  return page;
}

/**
 * For a `describe`: the examples and one browser of each of these kinds, with these options of `launch()`, for all of its
 * tests. `pages` are closed after each of them.
 */
export function useExamples(kinds = { chromium: {}, firefox: {} }) {
  const [examples, browsers, pages] = [{}, {}, []];
  before(() =>
    Promise.all([
      startExamples().then((started) => Object.assign(examples, started)),
      ...Object.entries(kinds).map(async ([kind, options]) => {
        browsers[kind] = await launch(kind, options);
      }),
    ]),
  );
  afterEach(() => Promise.all(pages.splice(0).map((page) => page.isClosed() || page.close())));
  after(async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    await examples.close?.();
  });
  return { examples, browsers, pages };
}

/** Has an empty page know other tags, too. */
export const define = (page, ...tags) =>
  page.evaluate(
    (paths) => Promise.all(paths.map((path) => import(path))).then(() => {}),
    tags.map(definition),
  );

/** Opens an empty page with a generator and a `<peer-call>` that has joined: see `enter` in e2e-page.mjs. */
export async function enter(browser, examples, options, settings) {
  const page = await open(browser, `${examples.origin}/fixture`, settings);
  await page.evaluate((call) => window.e2e.enter(call), { signaling: examples.broker, ...options });
  return page;
}

/** Resolves when exactly these peers are there and connected. */
export function meets(page, ...names) {
  return page.evaluate((...peers) => window.e2e.meets(...peers), ...names);
}

/** Asks again until `condition` answers something truthy. */
export async function until(condition, what = String(condition), timeout = 15_000) {
  const end = performance.now() + timeout;
  for (;;) {
    const answer = await condition();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`not within ${timeout} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Keeps a picture of the page where git does not look, where `PICTURES=1` asks for it: many of them take their time. */
export async function screenshot(page, name) {
  if (!process.env.PICTURES) return;
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}

/** Rejects unless `page` shows `colour` as the picture of the peer `name`, decodes new frames of it and hears it. */
export async function seesAndHears(page, name, colour, { sound = true } = {}) {
  await page.evaluate((...words) => window.e2e.sees(...words), name, colour);
  return sound ? hears(page, name) : undefined;
}

/** Resolves with the loudest sample of the peer's sound once `page` hears it. */
export function hears(page, name) {
  return page.evaluate((peer) => window.e2e.hears(peer), name);
}
