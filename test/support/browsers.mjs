import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process, { env } from 'node:process';

const names = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  firefox: ['firefox-esr', 'firefox'],
};
const variables = { chromium: 'CHROME_PATH', firefox: 'FIREFOX_PATH' };
const elsewhere = {
  chromium: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  ],
  firefox: [
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
  ],
};

/** The path of an installed browser (`chromium` or `firefox`), or undefined. `CHROME_PATH` and `FIREFOX_PATH` win. */
export function findBrowser(browser) {
  const given = env[variables[browser]];
  if (given) return existsSync(given) ? given : undefined;
  return onPath(...names[browser]) ?? elsewhere[browser].find((path) => existsSync(path));
}

/** The path of the first of these programs that the shell would find, or undefined. */
export function onPath(...programs) {
  const folders = (env.PATH ?? '').split(delimiter);
  return folders
    .flatMap((folder) => programs.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** How the tests start Chromium: no service of anybody else's, a fake camera, no question asked. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--js-flags=--expose-gc',
];

/** How the tests start Firefox: fake devices, audio without a sound card. */
export const firefoxPreferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.peerconnection.ice.loopback': true,
  'media.cubeb.force_mock_context': true,
};

/** Launch options of puppeteer for one of the two browsers. It is told of no requests: Firefox takes long over each of them. */
export function launchOptions(browser) {
  const executablePath = findBrowser(browser);
  const common = { executablePath, headless: true, networkEnabled: false };
  return browser === 'firefox'
    ? { ...common, browser: 'firefox', extraPrefsFirefox: firefoxPreferences }
    : { ...common, args: chromiumFlags };
}

/** Tries to install packages of Debian's: where this is Debian, and as root. */
export function installPackages(packages) {
  if (!packages.length || !existsSync('/etc/debian_version') || process.getuid?.() !== 0) return;
  console.log(`Installing ${packages.join(' and ')} (apt-get) …`);
  for (const words of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    spawnSync('apt-get', ['-qq', ...words], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  }
}

const debianPackages = { chromium: 'chromium', firefox: 'firefox-esr' };

/**
 * Makes sure that the browsers are there: on Debian as root, it installs those that are missing. Throws with what is
 * missing and how to get it.
 */
export function requireBrowsers(browsers = ['chromium', 'firefox']) {
  const missing = () => browsers.filter((browser) => !findBrowser(browser));
  const installable = missing().filter((browser) => !env[variables[browser]]);
  installPackages(installable.map((browser) => debianPackages[browser]));
  const problems = missing().map((browser) => {
    const variable = variables[browser];
    return env[variable]
      ? `${variable} names ${env[variable]}, which is not there.`
      : `No ${browser} was found. Install it (Debian: apt-get install ${debianPackages[browser]}), or name its executable with ${variable}.`;
  });
  if (problems.length) throw new Error(problems.join('\n'));
}
