interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown;
}

/** Made once: a page that names its policies permits one of each name. */
let policy: ScriptUrlPolicy | undefined;

/** The URL as a page with `require-trusted-types-for 'script'` wants it, if it permits the policy `rtc-elements`. */
function trusted(url: string | URL): string {
  const { trustedTypes } = globalThis as {
    trustedTypes?: { createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy };
  };
  try {
    policy ??= trustedTypes?.createPolicy('rtc-elements', { createScriptURL: (given: string) => given });
  } catch {
    // Not permitted: the plain URL will do if the page does not want more.
  }
  return (policy?.createScriptURL(String(url)) ?? url) as string;
}

/** The class of workers, for pages with trusted types, too. */
export function workerClass(): typeof Worker {
  return class extends globalThis.Worker {
    constructor(script: string | URL, options?: WorkerOptions) {
      super(trusted(script), options);
    }
  };
}

/** A script in a folder of the page's own. */
export function scriptIn(path: string, name: string): string {
  return new URL(name, new URL(path.replace(/\/?$/, '/'), document.baseURI)).href;
}

/**
 * A worker whose script may be of another origin (a CDN): that cannot be one itself, but a worker of this origin can
 * import it. `start` makes the worker of a script of this origin.
 */
export function startWorker(script: URL, start: () => Worker): Worker {
  try {
    // Firefox does not throw at a script of another origin: it fires an error later.
    if (script.origin === location.origin) return start();
  } catch {
    // The page's rules forbid the script: perhaps not that of a blob.
  }
  const blob = new Blob([`import ${JSON.stringify(script.href)};`], { type: 'text/javascript' });
  const blobUrl = URL.createObjectURL(blob);
  try {
    return new (workerClass())(blobUrl, { type: 'module' });
  } finally {
    URL.revokeObjectURL(blobUrl);
  }
}
