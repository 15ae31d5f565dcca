import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

/** Imports a TypeScript module into Node, which cannot by itself. `path` is relative to the root of the repository. */
export async function importTs(path) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { module } = await runnerImport(root + path, { configFile: false, root, logLevel: 'error' });
  return module;
}
