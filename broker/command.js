#!/usr/bin/env node
// @ts-check
import process from 'node:process';
import { help, keysError, placeError, SettingsError, settingsFrom } from './settings.js';

/** What is not installed for those who want the elements only. */
const needed = ['aedes', 'jose', 'ws'];

/** Says in one line of JSON what happens. @param {string} event @param {Record<string, unknown>} [details] */
const log = (event, details) =>
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), event, ...details })}\n`);

/** @param {string} message @param {number} code @returns {never} */
function fail(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

async function main() {
  const settings = settingsFrom(process.argv.slice(2), process.env);
  if (settings.help) return void process.stdout.write(help);
  const { keys, ...options } = settings;
  const [{ startBroker }, { tokenVerifier }] = await Promise.all([
    import('./broker.js'),
    import('./tokens.js'),
  ]);
  const verify = keys && (await tokenVerifier(keys).catch((cause) => Promise.reject(keysError(keys, cause))));
  const broker = await startBroker({ ...options, verify, log }).catch((cause) =>
    Promise.reject(placeError(options, cause) ?? cause),
  );
  const { url } = broker;
  log('listening', { url, tokens: Boolean(verify), allowOrigin: options.allowOrigin });
  /** @param {NodeJS.Signals} signal */
  const stop = async (signal) => {
    // The second one does not wait.
    for (const name of signals) process.off(name, stop);
    log('stopping', { signal });
    await broker.close();
    log('stopped');
  };
  const signals = /** @type {const} */ (['SIGTERM', 'SIGINT']);
  for (const name of signals) process.on(name, stop);
}

main().catch((/** @type {NodeJS.ErrnoException} */ error) => {
  const missing =
    error.code === 'ERR_MODULE_NOT_FOUND' && needed.find((name) => error.message.includes(`'${name}'`));
  if (missing)
    fail(`The broker needs ${missing}, which is not installed: npm install ${needed.join(' ')}`, 1);
  if (error instanceof SettingsError) fail(`${error.message} See --help.`, 2);
  if (error.code === 'OPEN_TO_EVERYBODY') {
    fail(`${error.message} Give --jwt-secret or --jwks, or say --insecure-open-to-everybody.`, 2);
  }
  fail(error.message, 1);
});
