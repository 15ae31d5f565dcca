import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { findBrowser, installPackages, onPath } from './browsers.mjs';
import { launch } from './e2e.mjs';
import { freePort } from './port.mjs';

// Real networks: each browser in a network namespace of its own, and a wire between them that can be cut and spoilt.

const script = fileURLToPath(new URL('network/network.py', import.meta.url));
const programs = { python3: 'python3', ip: 'iproute2', nsenter: 'util-linux' };

// No name is resolved here: not those of the local network that candidates have, and Firefox would wait for others when it
// closes. Nor is anybody reached at 127.0.0.1.
const chromiumFlags = ['--disable-features=WebRtcHideLocalIpsWithMdns'];
const firefoxPreferences = {
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.peerconnection.ice.loopback': false,
  'network.dns.disabled': true,
};

/** Why there can be no network of our own on this machine, in words; false where there can. */
export async function whyNoNetwork() {
  try {
    const network = await startNetwork();
    await network.close();
    return false;
  } catch (error) {
    return `NOT TESTED: ${error.message}`;
  }
}

function requirePrograms() {
  if (process.platform !== 'linux' || process.getuid() !== 0)
    throw new Error('network namespaces need Linux, and root.');
  if (!existsSync('/dev/net/tun'))
    throw new Error('network namespaces are linked by /dev/net/tun, which is missing.');
  const missing = () => Object.keys(programs).filter((name) => !onPath(name));
  installPackages(missing().map((name) => programs[name]));
  if (missing().length)
    throw new Error(`install ${missing().map((name) => programs[name])} for network namespaces.`);
}

/**
 * Starts a network. These ports of the machine's 127.0.0.1 are at 127.0.0.1 of each host, too, so that pages from there
 * are secure contexts; the way to them is the host's own link. It ends with `close()`, and in any case with this process.
 */
export async function startNetwork({ ports = [] } = {}) {
  requirePrograms();
  const child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { value, error } = JSON.parse(line);
    const { resolve, reject } = waiting.shift();
    if (error) reject(new Error(`the network: ${error}`));
    else resolve(value);
  });
  const gone = ended.then((code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`the network ended (${code})`));
  });
  const ask = (command) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(command)}\n`);
    });
  child.stdin.on('error', () => {});

  const browsers = [];

  async function addHost() {
    const { host, namespace } = await ask({ do: 'add_host' });
    for (const port of ports) await ask({ do: 'serve', host, port });
    return {
      /** Starts a browser on this host, as `launch()` of e2e.mjs does; it is closed with the network. */
      async launch(kind, { flags = [], preferences, ...options } = {}) {
        const port = kind === 'firefox' ? await freePort() : 0;
        if (port) await ask({ do: 'expose', host, port });
        const executablePath = join(tmpdir(), `browser-${randomUUID()}`);
        const words = `#!/bin/sh\nexec nsenter --net=${namespace} "${findBrowser(kind)}" "$@"\n`;
        await writeFile(executablePath, words, { mode: 0o755 });
        const browser = await launch(kind, {
          flags: [...chromiumFlags, ...flags],
          preferences: { ...firefoxPreferences, ...preferences },
          ...(port ? { debuggingPort: port } : { pipe: true }),
          ...options,
          executablePath,
        }).finally(() => rm(executablePath));
        browsers.push(browser);
        return browser;
      },
      /** From now on no packet comes or goes, and nobody is told. */
      cut: () => ask({ do: 'impair', host, cut: true }),
      heal: () => ask({ do: 'impair', host, cut: false }),
      /** The same, and the machine itself knows, as where a plug is pulled. */
      unplug: () => ask({ do: 'link', host, up: false }),
      plugIn: () => ask({ do: 'link', host, up: true }),
      /** Loses so many percent, delays by so many ms, more or less by `jitter`, and lets so many kbit/s through: each way. */
      impair: ({ loss = 0, delay = 0, jitter = 0, rate = 0 }) =>
        ask({ do: 'impair', host, loss, delay, jitter, rate }),
      /** Whether none of the media from here come through, though all else does, as with a firewall that looks into packets. */
      withhold: (yes) => ask({ do: 'impair', host, withheld: yes }),
      /** Lets media of these payload types leave so many ms later than all else. */
      retard: (late, types) => ask({ do: 'impair', host, late, late_types: types }),
      /** As where one network is left for another one: what was connected from the old address hangs. */
      changeAddress: () => ask({ do: 'change_address', host }),
    };
  }

  async function close() {
    await Promise.all(browsers.map((browser) => browser.close()));
    child.stdin.end();
    await gone;
  }

  try {
    // Where the servers are.
    await addHost();
  } catch (error) {
    await close();
    throw error;
  }
  return { addHost, close };
}
