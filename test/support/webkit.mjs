import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import process, { env } from 'node:process';
import { installPackages, onPath } from './browsers.mjs';
import { startDisplay } from './display.mjs';
import { until } from './e2e.mjs';
import { freePort } from './port.mjs';

const debianPackages = ['webkit2gtk-driver', 'xvfb', 'gstreamer1.0-plugins-good', 'gstreamer1.0-plugins-bad'];

/** How the tests start WebKitGTK's browser: fake devices, sound without a gesture, `VideoTrackGenerator` in workers. */
const flags = [
  '--automation',
  '--enable-media-stream=true',
  '--enable-mock-capture-devices=true',
  '--media-playback-requires-user-gesture=false',
  '--autoplay-policy=allow',
  '--features=+MediaStreamTrackProcessing',
];

function findMiniBrowser() {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => `/usr/lib/${name}`) : [];
  return [...folders, '/usr/libexec']
    .map((folder) => `${folder}/webkit2gtk-4.1/MiniBrowser`)
    .find((path) => existsSync(path));
}

/** The paths of WebKitGTK's driver, its browser and a display without a screen; undefined unless all are installed. */
export function findWebKit() {
  const found = {
    driver: onPath('WebKitWebDriver'),
    display: onPath('Xvfb'),
    browser: findMiniBrowser(),
  };
  return Object.values(found).every(Boolean) ? found : undefined;
}

/** Makes sure that WebKitGTK is there, as `requireBrowsers` does of the others. */
export function requireWebKit() {
  if (!findWebKit()) installPackages(debianPackages);
  if (!findWebKit()) {
    throw new Error(`No WebKitGTK was found (Debian: apt-get install ${debianPackages.join(' ')}).`);
  }
}

/** How often a browser that does not show its page is started again. */
const TRIES = 3;
/** How long the driver may take for one answer, in ms: it waits for a browser that hangs. */
const PATIENCE = 15_000;

/** The WebDriver protocol, as much of it as a test runner needs. */
async function command(method, url, body) {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(url, { method, body: body && JSON.stringify(body), signal });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`WebKitWebDriver: ${value.error}: ${value.message}`);
  return value;
}

/** Runs the tests in WebKitGTK: each file in a browser of its own, one after the other. */
export function webkitLauncher() {
  const paths = findWebKit();
  const children = [];
  const sessions = new Map();
  let driver;
  // Also when the runner does not come to its end.
  const end = () => children.splice(0).forEach((child) => child.kill());

  const close = async (id) => {
    const session = sessions.get(id);
    sessions.delete(id);
    if (session) await command('DELETE', session.path).catch(() => {});
  };

  /** Resolves when the page is there: now and then a browser that has started never gets that far. */
  const open = async (id, url) => {
    const { sessionId } = await command('POST', `${driver}/session`, {
      capabilities: {
        alwaysMatch: {
          pageLoadStrategy: 'none',
          'webkitgtk:browserOptions': { binary: paths.browser, args: flags },
        },
      },
    });
    const path = `${driver}/session/${sessionId}`;
    sessions.set(id, { path, url });
    await command('POST', `${path}/url`, { url });
    const script = "return location.href !== 'about:blank' && document.readyState !== 'loading'";
    const there = () => command('POST', `${path}/execute/sync`, { script, args: [] });
    await until(there, 'WebKitGTK shows the page');
  };

  return {
    name: 'WebKitGTK',
    type: 'webkitgtk',
    concurrency: 1,

    async initialize() {
      process.on('exit', end);
      const display = await startDisplay(paths.display);
      children.push(display.child);
      const port = await freePort();
      const child = spawn(paths.driver, ['--host=127.0.0.1', `--port=${port}`], {
        stdio: 'ignore',
        env: { ...env, DISPLAY: display.name, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' },
      });
      children.push(child);
      driver = `http://127.0.0.1:${port}`;
      await until(() => command('GET', `${driver}/status`).catch(() => false), 'WebKitWebDriver answers');
    },

    async startSession(id, url) {
      for (let left = TRIES; left > 0; left--) {
        try {
          return await open(id, url);
        } catch (error) {
          await close(id);
          if (left === 1) throw error;
        }
      }
    },

    isActive: (id) => sessions.has(id),

    async getBrowserUrl(id) {
      const { path, url } = sessions.get(id) ?? {};
      // A page that crashed has gone nowhere: the runner then says that the browser disconnected.
      return path && command('GET', `${path}/url`).catch(() => url);
    },

    async stopSession(id) {
      await close(id);
      return {};
    },

    startDebugSession() {
      throw new Error('WebKitGTK runs tests only: debug in another browser.');
    },

    async stop() {
      await Promise.all([...sessions.keys()].map(close));
      end();
    },
  };
}
