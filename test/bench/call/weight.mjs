import { weigh } from '../../../scripts/bundle.mjs';
import { root } from '../../support/e2e.mjs';
import { line, round } from '../generator/figures.mjs';

const MOST = 26_000;

/** What a page loads at once, minified and brotli: each with all that it needs. */
export async function run() {
  const size = async (path) => (await weigh(`${root}${path}`)).atOnce;
  const [peerjs, simplePeer, { atOnce, onDemand }] = [
    await size('test/bench/call/entries/peerjs.js'),
    await size('test/bench/call/entries/simple-peer.js'),
    await weigh(`${root}dist/peer-call/define.js`),
  ];
  const kB = (bytes) => `${round(bytes / 1000, 1)} kB`;
  const rows = {
    'entry, brotli, Lit and the screen included': line({
      against: `peerjs ${kB(peerjs)}, simple-peer ${kB(simplePeer)}`,
      measured: `${kB(atOnce)}; + what a join loads ${kB(onDemand.stay)}; + MQTT ${kB(onDemand.mqtt)}`,
      aim: `≤ ${MOST / 1000} kB`,
      met: atOnce <= MOST,
    }),
    'all that is loaded on demand, MQTT aside': line({
      against: '–',
      measured: kB(Object.values(onDemand).reduce((sum, bytes) => sum + bytes, -onDemand.mqtt)),
      aim: '–',
      met: true,
    }),
  };
  return { rows, figures: { 'peer-call': atOnce, onDemand, peerjs, 'simple-peer': simplePeer } };
}
