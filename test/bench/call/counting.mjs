/**
 * Runs in a page before its own scripts: must stand alone. Counts in `window.signals` what goes through its WebSockets
 * and channels, both ways.
 */
export function countSignals() {
  const signals = (window.signals = { frames: 0, bytes: 0 });
  const weigh = (data) => {
    if (typeof data === 'string') return new TextEncoder().encode(data).length;
    if (data instanceof Blob) return data.size;
    if (data?.byteLength !== undefined) return data.byteLength;
    if (typeof data === 'object' && data) {
      // What is cloned into a channel, about as long as it would be written.
      return Object.entries(data).reduce((total, [key, value]) => total + key.length + weigh(value), 0);
    }
    return String(data).length;
  };
  const count = (data) => {
    signals.frames++;
    signals.bytes += weigh(data);
  };
  for (const [name, method] of [
    ['WebSocket', 'send'],
    ['BroadcastChannel', 'postMessage'],
  ]) {
    const Native = window[name];
    const native = Native.prototype[method];
    Native.prototype[method] = function (data) {
      count(data);
      native.call(this, data);
    };
    window[name] = new Proxy(Native, {
      construct(target, words, newTarget) {
        const made = Reflect.construct(target, words, newTarget);
        made.addEventListener('message', ({ data }) => count(data));
        return made;
      },
    });
  }
}
