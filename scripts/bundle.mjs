import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/**
 * Bundles and minifies built modules for production, Lit included. `inline` makes one file of it all; otherwise what is
 * imported on demand becomes chunks of its own. What is imported as one of `apart` is left to a file of that name beside
 * the bundle. Returns rolldown's chunks, the entry first.
 */
export async function bundle(input, { inline = false, apart = [] } = {}) {
  const build = await rolldown({
    input,
    platform: 'browser',
    plugins: [
      {
        name: 'apart',
        resolveId: (id) => (apart.includes(id) ? { id, external: true } : null),
      },
    ],
    resolve: { conditionNames: ['production', 'import'] },
  });
  const { output } = await build.generate({
    format: 'esm',
    minify: true,
    comments: false,
    codeSplitting: !inline,
    // A hash would make a file some bytes smaller or larger with each change of another one.
    chunkFileNames: '[name].js',
  });
  await build.close();
  return output;
}

/**
 * Bytes on the wire of a bundled entry: `atOnce`, and `onDemand` by the name of each module that it imports when used,
 * with what that needs beyond the rest.
 */
export async function weigh(input) {
  const chunks = await bundle(input);
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const reach = (name, reached = new Set()) => {
    if (reached.has(name)) return reached;
    reached.add(name);
    for (const next of byName.get(name).imports) reach(next, reached);
    return reached;
  };
  const bytes = (names) =>
    names.reduce((total, name) => total + brotliCompressSync(byName.get(name).code).length, 0);
  const atOnce = reach(chunks[0].fileName);
  const onDemand = chunks
    .filter(({ fileName, isDynamicEntry }) => isDynamicEntry && !atOnce.has(fileName))
    .map(({ name, fileName }) => [name, bytes([...reach(fileName)].filter((other) => !atOnce.has(other)))]);
  return { atOnce: bytes([...atOnce]), onDemand: Object.fromEntries(onDemand) };
}

/** Bytes of a file as a server with brotli sends it. */
export function weighFile(path) {
  return brotliCompressSync(readFileSync(path)).length;
}
