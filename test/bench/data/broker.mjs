import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt-packet';
import { WebSocket } from 'ws';
import { whyNot } from '../../support/daemon.mjs';
import { root, until } from '../../support/e2e.mjs';
import { startMosquitto } from '../../support/mosquitto.mjs';
import { freePort } from '../../support/port.mjs';
import { cpuTime } from '../generator/cpu.mjs';
import { interleave, line, round } from '../generator/figures.mjs';

const PAIRS = 20;
/** On their way at once, of each pair: what a broker is given and has not handed on yet. */
const WINDOW = 50;
const SECONDS = 3;
const SIZE = 290;
/** The first have a broker take what it needs for itself; these are what is measured. */
const FIRST = 500;
const IDLE = 1500;
/** So many connect at once. */
const CROWD = 250;
const PATIENCE = 60_000;
const SETTLING = 1000;

/** The embedded broker beside Mosquitto: what each relays in a second, at what cost, and what a client that only waits takes. */
export async function run({ rounds }) {
  const reason = whyNot('mosquitto');
  const sides = { embedded: startEmbedded, ...(!reason && { Mosquitto: startMosquitto }) };
  const figures = await interleave(Object.keys(sides), Math.min(rounds, 3), (name) => measure(sides[name]));
  const { embedded, Mosquitto } = figures;
  const row = (key, words) => ({
    against: Mosquitto ? `Mosquitto ${words(Mosquitto)}` : '–',
    measured: `${Mosquitto ? `${round(embedded[key] / Mosquitto[key])} × ` : ''}(${words(embedded)})`,
    aim: '–',
    met: true,
  });
  const rows = {
    [`broker, messages of ${SIZE} B`]: line(
      row('messages', ({ messages }) => `${round(messages, 0)} a second`),
    ),
    'broker, CPU of a message': line(row('cpu', ({ cpu }) => `${round(cpu, 0)} µs`)),
    'broker, memory of an idle client': line(row('memory', ({ memory }) => `${round(memory, 1)} kB`)),
  };
  return { rows, figures };
}

async function measure(start) {
  const others = children();
  const broker = await start();
  const [pid] = children().filter((one) => !others.includes(one));
  const clients = [];
  try {
    const fill = async (count) => {
      while (clients.length < count) {
        const crowd = Array.from({ length: CROWD }, (_, n) => clients.length + n);
        clients.push(...(await Promise.all(crowd.map((n) => enter(broker.url, n)))));
      }
      await sleep(SETTLING);
      return memoryOf(pid);
    };
    const before = await fill(FIRST);
    const memory = ((await fill(FIRST + IDLE)) - before) / IDLE;
    return { memory, ...(await relay(pid, clients)) };
  } finally {
    for (const { socket } of clients) socket.terminate();
    await broker.close();
  }
}

/** Has the first of them talk, two and two, as fast as they are heard. */
async function relay(pid, clients) {
  let heard = 0;
  for (let pair = 0; pair < PAIRS; pair++) {
    const [one, other] = [clients[2 * pair], clients[2 * pair + 1]];
    const { room, id } = one;
    const topic = `pc/1/${room}/to/${other.id}/${id}`;
    const packet = mqtt.generate({ cmd: 'publish', topic, payload: Buffer.alloc(SIZE, 'x'), qos: 0 });
    let bytes = 0;
    other.socket.on('message', (data) => {
      bytes += data.length;
      for (; bytes >= packet.length; bytes -= packet.length) {
        heard++;
        if (one.socket.readyState === WebSocket.OPEN) one.socket.send(packet);
      }
    });
    for (let n = 0; n < WINDOW; n++) one.socket.send(packet);
  }
  await sleep(SETTLING);
  const [heardBefore, cpuBefore, began] = [heard, cpuTime(pid), performance.now()];
  await sleep(SECONDS * 1000);
  const messages = heard - heardBefore;
  const seconds = (performance.now() - began) / 1000;
  return { messages: messages / seconds, cpu: ((cpuTime(pid) - cpuBefore) * 1000) / messages };
}

/** Comes into a room of two as the kit does: hears what a member hears, and has its presence there. */
async function enter(url, number) {
  const [room, id] = [`room-${number >> 1}`, `peer-${number}`];
  const socket = new WebSocket(url, 'mqtt', { perMessageDeflate: false });
  const parser = mqtt.parser();
  const answers = new Set();
  const listen = (data) => parser.parse(data);
  parser.on('packet', ({ cmd }) => answers.add(cmd));
  socket.on('message', listen);
  const say = (packet) => socket.send(mqtt.generate(packet));
  const answered = (cmd) => until(() => answers.has(cmd), `${cmd} for ${id}`, PATIENCE);
  await once(socket, 'open');
  say({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, clientId: id, keepalive: 600 });
  await answered('connack');
  const topics = [`pc/1/${room}/to/${id}/+`, `pc/1/${room}/p/+`];
  say({ cmd: 'subscribe', messageId: 1, subscriptions: topics.map((topic) => ({ topic, qos: 0 })) });
  await answered('suback');
  const topic = `pc/1/${room}/p/${id}`;
  say({
    cmd: 'publish',
    topic,
    payload: JSON.stringify({ v: 1, sid: id }),
    qos: 1,
    messageId: 2,
    retain: true,
  });
  await answered('puback');
  socket.off('message', listen);
  return { socket, room, id };
}

/** In a process of its own, without its limits: one of the few clients here says more than any that it is made for. */
async function startEmbedded() {
  const port = await freePort();
  const words = ['--port', String(port), '--max-rate', '1000000', '--max-burst', '1000000'];
  const child = spawn(process.execPath, [join(root, 'broker/command.js'), ...words], { stdio: 'ignore' });
  const healthy = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(healthy, 'the broker');
  return {
    url: `ws://127.0.0.1:${port}/mqtt`,
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** The processes that this one has started. Linux. */
function children() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && valueOf(name, 'PPid') === process.pid)
    .map(Number);
}

/** kB that are a process's own. */
const memoryOf = (pid) => valueOf(pid, 'RssAnon');

function valueOf(pid, key) {
  try {
    return Number(
      new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1],
    );
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
}
