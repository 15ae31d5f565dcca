import { execFileSync, spawn } from 'node:child_process';
import { env } from 'node:process';
import { startDaemon } from './daemon.mjs';
import { freePort } from './port.mjs';

const RATE = 48_000;
/** How much of a second is listened to at a time. */
const PART = RATE / 10;

/** How to launch each browser so that it has what the sound server has, plays aloud, and asks nobody. */
export const realDevices = {
  chromium: {
    without: ['--use-fake-device-for-media-stream'],
    ignoreDefaultArgs: ['--mute-audio'],
  },
  firefox: {
    preferences: {
      'media.navigator.streams.fake': false,
      'media.cubeb.force_mock_context': false,
      // In place of the automatic answer, after which it says that it would ask.
      'media.navigator.permission.disabled': false,
      'permissions.default.microphone': 1,
    },
  },
};

/** Starts PulseAudio, on this machine alone, with a speaker named Studio; `env` has a browser use it. */
export async function startPulse() {
  const port = await freePort();
  const server = { PULSE_SERVER: `tcp:127.0.0.1:${port}` };
  const daemon = await startDaemon('pulseaudio', {
    args: [
      ...['-n', '--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm=yes'],
      `--load=module-native-protocol-tcp port=${port} listen=127.0.0.1 auth-anonymous=1 auth-cookie-enabled=0`,
    ],
    ports: [port],
    // Nothing of the user's.
    env: { PULSE_RUNTIME_PATH: '.', PULSE_STATE_PATH: '.' },
  });
  const tell = (...words) =>
    execFileSync('pactl', words, { env: { ...env, ...server }, encoding: 'utf8' }).trim();
  const load = (module, settings) =>
    tell('load-module', module, ...Object.entries(settings).map((pair) => pair.join('=')));

  const rows = (what) =>
    tell('list', 'short', what)
      .split('\n')
      .map((row) => row.split('\t'));

  /** What can be plugged in and out, and is not in yet. */
  function device(module, settings) {
    let loaded;
    return {
      plug: () => void (loaded = load(module, settings)),
      unplug: () => void tell('unload-module', loaded),
    };
  }

  // Without rewinds it plays at once, and not in two seconds.
  const silence = (name) => [
    'module-null-sink',
    { sink_name: name, norewinds: 1, rate: RATE, sink_properties: `device.description=${name}` },
  ];
  // The first is the default one. What sounds around a microphone would leave it for another default.
  load(...silence('Studio'));
  return {
    ...daemon,
    env: { ...env, ...server },
    /** A speaker of this name. */
    speaker: (name) => device(...silence(name)),
    /** A microphone of this name, which hears this pitch. */
    microphone(name, frequency) {
      const room = `around_${name}`;
      load(...silence(room));
      // Two that beat: what sounds evenly is a noise to the browsers, and suppressed.
      for (const pitch of [frequency - 3, frequency + 3])
        load('module-sine', { sink: room, frequency: pitch });
      return device('module-remap-source', {
        source_name: name,
        master: `${room}.monitor`,
        source_properties: `device.description=${name}`,
      });
    },
    /** Makes it the default one. */
    prefer: {
      microphone: (name) => void tell('set-default-source', name),
      speaker: (name) => void tell('set-default-sink', name),
    },
    /** The ids of what plays there. */
    streams(name) {
      const [sink] = rows('sinks').find((row) => row[1] === name);
      return rows('sink-inputs').flatMap(([id, at]) => (at === sink ? [id] : []));
    },
    /** Hears what comes out of a speaker: `level()` is the loudest sample of the last tenth of a second. */
    listen(name) {
      const format = ['--raw', '--format=float32le', '--channels=1', `--rate=${RATE}`, '--latency-msec=20'];
      const ear = spawn('parec', ['--device', `${name}.monitor`, ...format], {
        env: { ...env, ...server },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let heard = Buffer.alloc(0);
      ear.stdout.on('data', (bytes) => (heard = Buffer.concat([heard, bytes]).subarray(-4 * PART)));
      return {
        level: () =>
          heard.length < 4 * PART
            ? NaN
            : new Float32Array(Uint8Array.from(heard).buffer).reduce(
                (most, one) => Math.max(most, Math.abs(one)),
                0,
              ),
        close: () => ear.kill(),
      };
    },
  };
}
