/** Loads a script that is no module; resolves with the global that it makes. */
export async function loadScript(path, name) {
  const script = document.createElement('script');
  script.src = new URL(path, import.meta.url);
  document.head.append(script);
  await new Promise((resolve, reject) => Object.assign(script, { onload: resolve, onerror: reject }));
  return window[name];
}
