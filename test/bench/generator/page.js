// What the bench asks of its page.
import { churn, late, recovery } from './behaviour.js';
import { lipSync } from './lip-sync.js';
import { busy } from './pace.js';
import { pictures } from './pictures.js';
import { listen } from './sounds.js';
import { viewers } from './viewers.js';

let running;

window.bench = {
  /** Shows a picture to a viewer; see `pictures` and `viewers`. `load`: [ms, period] of which the page is busy. */
  async show({ picture, viewer, load, ...format }) {
    const source = await pictures[picture]({ rate: 30, ...format });
    const watching = await viewers[viewer](source.track);
    const idle = load ? busy(...load) : () => {};
    running = { source, watching, idle };
  },
  /** Hears sounds (see `sounds`) while the page is busy for `load`. */
  async listen({ sounds, seconds, load }) {
    const watching = await listen(sounds, seconds);
    if (load) busy(...load);
    running = { source: {}, watching };
  },
  late,
  recovery,
  churn,
  lipSync,
  reset: () => running.watching.reset(),
  /** What the viewer has seen since the reset, and how the picture was made. */
  async read() {
    return { ...(await running.watching.read()), backend: running.source.backend?.() };
  },
  stop() {
    running.idle();
    running.watching.stop();
    running.source.stop();
  },
};
