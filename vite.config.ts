import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { mqttBroker } from './broker/vite-plugin.js';

const root = fileURLToPath(new URL('.', import.meta.url));

/** `new URL('./x.worklet.js', import.meta.url)`, without the parenthesis that follows. */
const workletUrl = /\bnew URL\('(\.\/[\w-]+\.worklet\.js)', import\.meta\.url/g;

/**
 * `new URL('./x.worker.js', import.meta.url)`, and the same of a `.worklet.js`, names what the build makes. Here its
 * source stands there, and Vite's build, which knows workers only, makes one file of a worklet too.
 */
export function threadSources(): Plugin {
  let building = false;
  return {
    name: 'thread-sources',
    enforce: 'pre',
    configResolved({ command }) {
      building = command === 'build';
    },
    resolveId(id) {
      const [path = '', query] = id.split('?');
      if (!/\.work(er|let)\.js$/.test(path)) return null;
      const source = path.replace(/^\/@fs/, '').replace(/\.js$/, '.ts');
      return existsSync(source) ? [source, query].filter(Boolean).join('?') : null;
    },
    transform(code) {
      if (!building) return null;
      const imports: string[] = [];
      const linked = code.replace(workletUrl, (_, path: string) => {
        imports.push(`import workletUrl${imports.length} from '${path}?worker&url';`);
        return `new URL(workletUrl${imports.length - 1}, import.meta.url`;
      });
      return imports.length ? { code: [linked, ...imports].join('\n'), map: null } : null;
    },
  };
}

/** The file for a script tag, which the build makes, by the name that a page gives it. Here its source stands there. */
function scriptTagFile(): Plugin {
  return {
    name: 'script-tag-file',
    enforce: 'pre',
    resolveId: (id) => (id === '/rtc-elements.js' ? `${root}components/define.ts` : null),
  };
}

/** The examples with hot reload, beside the embedded broker; `scripts/serve.mjs` starts it. */
export default defineConfig({
  root: `${root}examples`,
  appType: 'mpa',
  server: { fs: { allow: [root] } },
  // What the pages import is few and ESM already.
  optimizeDeps: { noDiscovery: true },
  plugins: [threadSources(), scriptTagFile(), mqttBroker()],
});
