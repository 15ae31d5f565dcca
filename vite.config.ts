import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { mqttBroker } from './broker/vite-plugin.js';

const root = fileURLToPath(new URL('.', import.meta.url));

/** `new URL('./x.worker.js', import.meta.url)` names what the build makes; here its source stands there. */
export function workerSources(): Plugin {
  return {
    name: 'worker-sources',
    enforce: 'pre',
    resolveId(id) {
      const [path = '', query] = id.split('?');
      if (!path.endsWith('.worker.js')) return null;
      const source = path.replace(/^\/@fs/, '').replace(/\.js$/, '.ts');
      return existsSync(source) ? [source, query].filter(Boolean).join('?') : null;
    },
  };
}

/** The examples with hot reload, beside the embedded broker; `scripts/serve.mjs` starts it. */
export default defineConfig({
  root: `${root}examples`,
  appType: 'mpa',
  server: { fs: { allow: [root] } },
  // What the pages import is few and ESM already.
  optimizeDeps: { noDiscovery: true },
  plugins: [workerSources(), mqttBroker()],
});
