// `npm test`: everything, from a fresh clone on. `npm test -- --only unit,e2e` runs some of it. Node built-ins only,
// since it installs the rest. Ends with the line `N passed, N failed`.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { requireBrowsers } from '../test/support/browsers.mjs';
import { installPackages } from './install.mjs';

const LONGEST_STEP = 18 * 60_000;

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const tool = (script, ...words) => [process.execPath, `node_modules/${script}`, ...words];
const typescript = 'typescript/bin/tsc';

const testsIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .filter((file) => file.endsWith('.test.mjs'))
        .map((file) => join(folder, file))
        .sort()
    : [];

function nodeTests(files, ...options) {
  // Without a file, node's runner would look for tests everywhere.
  if (!files.length) return [process.execPath, '--print', `'no test files'`];
  return [process.execPath, '--test', '--test-reporter=spec', ...options, ...files];
}

const ownRuns = new Set(['bench', 'e2e', 'package', 'stories', 'support']);
const unitFolders = readdirSync('test').filter((name) => !ownRuns.has(name));

/** Whole browsers and servers, each with its own idea of time: what fails has a second try by itself, at the end, and the log says so. */
function again(output) {
  const files = failedFiles(output);
  if (!files.length) return null;
  const names = [...output.matchAll(/^test at test.*\n✖ (.+?)(?: \([\d.]+ms\))?$/gm)].map(([, name]) => name);
  // A file that fails as a whole goes by its path.
  const whole = names.some((name) => files.includes(name));
  const patterns = names.map((name) => `--test-name-pattern=${name.replace(/[\W_]/g, '\\$&')}`);
  return nodeTests(files, '--test-concurrency=1', ...(whole ? [] : patterns));
}
/** A second try would be of other examples, and say nothing of the one that failed. */
const hasCounterexample = (output) => output.includes('Property failed after ');
const failedFiles = (output) => [
  ...new Set(
    [...output.matchAll(/^test at (test[/\\][\w/\\.-]+\.test\.m?[jt]s):/gm)].map(([, file]) => file),
  ),
];

const wantedBrowsers = process.env.TEST_BROWSER?.split(',') ?? ['chromium', 'firefox', 'webkit'];
const mainBrowsers = wantedBrowsers.filter((name) => name !== 'webkit');
const componentRunner = tool('@web/test-runner/dist/bin.js');
const componentTests = (...browsers) => ({
  group: 'unit',
  tests: true,
  run: componentRunner,
  env: { TEST_BROWSER: browsers.join() },
  again(output) {
    const failed = failedFiles(output);
    return failed.length ? [...componentRunner, '--files', ...failed] : null;
  },
});

/** The end-to-end tests in lanes that take about as long with what runs before them. */
const lanes = {
  hidden: /[/\\]hidden\.test\.mjs$/,
  relays: /[/\\]relay\.test\.mjs$/,
  networks: /[/\\](access|brokers|faults|generator|issues|network|recovery|sync)\.test\.mjs$/,
  media: /[/\\](adapting|chat|data|effects|invite|leaving|lifetime|mesh|quality|vision)\.test\.mjs$/,
};
const isIn = (lane) => (file) => lanes[lane].test(file);
const isInNone = (file) => !Object.values(lanes).some((pattern) => pattern.test(file));
const endToEnd = (wanted) => ({
  group: 'e2e',
  needs: 'build',
  tests: true,
  run: nodeTests(testsIn('test/e2e').filter(wanted), '--test-concurrency=1'),
  again,
});

/** A step with `tests` reports figures of its own; any other one is a single check. */
const steps = {
  types: { group: 'static', run: tool(typescript, '-p', '.') },
  lint: { group: 'static', run: tool('eslint/bin/eslint.js', '--max-warnings=0', '.') },
  format: { group: 'static', run: tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.') },
  build: { group: 'build', run: [process.execPath, 'scripts/build.mjs'] },
  package: { group: 'package', needs: 'build', tests: true, run: nodeTests(testsIn('test/package')) },
  node: {
    group: 'unit',
    tests: true,
    run: nodeTests(unitFolders.flatMap((name) => testsIn(`test/${name}`))),
    again,
  },
  components: componentTests(...mainBrowsers),
  // Where its pages hang or crash, each is waited for.
  webkit: { ...componentTests('webkit'), longest: 6 * 60_000 },
  storybook: {
    group: 'build-stories',
    needs: 'build',
    run: tool('storybook/dist/bin/dispatcher.js', 'build', '--quiet', '--disable-telemetry'),
  },
  stories: {
    group: 'stories',
    needs: 'storybook',
    tests: true,
    run: nodeTests(testsIn('test/stories')),
    again,
  },
  hidden: endToEnd(isIn('hidden')),
  relays: endToEnd(isIn('relays')),
  networks: endToEnd(isIn('networks')),
  media: endToEnd(isIn('media')),
  calls: endToEnd(isInNone),
};

/** What may run side by side: rows one after the other, and in a row each lane by itself. */
const plan = [
  [['types'], ['lint'], ['format'], ['build', 'storybook']],
  [
    ['components', 'calls'],
    ['package', 'node', 'hidden', 'relays', 'networks'],
    ['webkit', 'stories', 'media'],
  ],
];

const total = { passed: 0, failed: 0 };
const failedSteps = new Set();
const running = new Set();

function end(message) {
  if (message) console.log(message);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed || !total.passed ? 1 : 0);
}

function execute({ run: [command, ...words], env, longest = LONGEST_STEP }) {
  return new Promise((resolve) => {
    // A group of its own, so that the browsers of a step that hangs end with it.
    const child = spawn(command, words, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    const timer = setTimeout(() => {
      output += `\nStopped after ${longest / 60_000} minutes.\n`;
      stop(child);
    }, longest);
    child.on('close', (code) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, output });
    });
  });
}

function stop(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

function figures(output, { tests }, code) {
  if (!tests) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, reasons: [] };
  // A progress bar leaves codes for the cursor in front of the figures.
  const text = stripVTControlCharacters(output);
  const figure = (name) => Number(text.match(new RegExp(`^\\W*${name} (\\d+)$`, 'm'))?.[1] ?? 0);
  const found = {
    passed: figure('pass'),
    failed: figure('fail') + figure('cancelled'),
    // Node does not count suites that are skipped whole.
    skipped: text.match(/^\s*﹣ /gm)?.length ?? figure('skipped'),
    // Whatever a machine cannot do is told, and why.
    reasons: [...new Set([...output.matchAll(/^\s*﹣ .* # (.+)$/gm)].map(([, reason]) => reason))],
  };
  // A runner that crashed or ran nothing did not pass.
  if (!found.failed && (code !== 0 || !(found.passed + found.skipped))) found.failed = 1;
  return found;
}

/** What failed of a step, and how to run that alone: when all else is done, so that nothing disturbs it. */
const secondTries = [];

async function perform(name) {
  const step = steps[name];
  const began = performance.now();
  const blocked = failedSteps.has(step.needs);
  const { code, output } = blocked
    ? { code: 1, output: `Not run: ${step.needs} failed.\n` }
    : await execute(step);
  const seconds = (performance.now() - began) / 1000;
  const found = figures(output, step, code);
  const again = found.failed && !hasCounterexample(output) ? step.again?.(output) : null;
  if (again) {
    console.log(`\n─── ${name}: ${found.failed} failed, to be run again ───\n${output.trimEnd()}\n`);
    secondTries.push({ name, again, seconds, found });
    return;
  }
  if (found.failed) console.log(`\n─── ${name} ───\n${output.trimEnd()}\n`);
  report(name, seconds, found);
}

async function performAgain({ name, again, seconds, found }) {
  const step = steps[name];
  const { code, output } = await execute({ ...step, run: again });
  const retried = figures(output, step, code);
  // Who was not there did not pass.
  const failed = Math.max(retried.failed, found.failed - retried.passed);
  if (failed) console.log(`\n─── ${name}: ${failed} failed again ───\n${output.trimEnd()}\n`);
  report(name, seconds, { ...found, passed: found.passed + found.failed - failed, failed });
}

function report(name, seconds, { passed, failed, skipped, reasons }) {
  total.passed += passed;
  total.failed += failed;
  if (failed) failedSteps.add(name);
  const words = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
  console.log(`${failed ? '✗' : '✓'} ${name.padEnd(11)} ${seconds.toFixed(1).padStart(6)} s   ${words}`);
  for (const reason of reasons) console.log(`  skipped: ${reason}`);
}

function chosenSteps() {
  const at = process.argv.indexOf('--only');
  if (at < 0) return new Set(Object.keys(steps));
  const wanted = (process.argv[at + 1] ?? '').split(',');
  const chosen = new Set(
    Object.keys(steps).filter((name) => wanted.includes(name) || wanted.includes(steps[name].group)),
  );
  for (const name of wanted) {
    if (!Object.entries(steps).some(([step, { group }]) => name === step || name === group)) {
      const groups = [...new Set(Object.entries(steps).flatMap(([step, { group }]) => [step, group]))];
      total.failed++;
      end(`There is no "${name}" to run; there are ${groups.join(', ')}.`);
    }
  }
  for (const name of [...chosen].reverse()) if (steps[name].needs) chosen.add(steps[name].needs);
  if (chosen.has('storybook')) chosen.add('build');
  return chosen;
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    running.forEach(stop);
    total.failed++;
    end('Interrupted.');
  });
}

/** Why WebKit is not tested, in words; empty where it can be. No machine fails for the want of it. */
async function whyNoWebKit() {
  if (!wantedBrowsers.includes('webkit')) return 'TEST_BROWSER does not name it.';
  try {
    // Not before the packages are installed.
    const { requireWebKit } = await import('../test/support/webkit.mjs');
    requireWebKit();
    return '';
  } catch (error) {
    return error.message;
  }
}

const chosen = chosenSteps();
try {
  installPackages();
  if (!mainBrowsers.length) chosen.delete('components');
  if ([...chosen].some((name) => steps[name].tests)) requireBrowsers(mainBrowsers);
} catch (error) {
  total.failed++;
  end(error.message);
}
if (chosen.has('webkit')) {
  const reason = await whyNoWebKit();
  if (reason) {
    console.log(`– webkit      not tested: ${reason}`);
    chosen.delete('webkit');
  }
}
for (const lanes of plan) {
  const left = lanes.map((lane) => lane.filter((name) => chosen.has(name)));
  await Promise.all(
    left.map(async (lane) => {
      for (const name of lane) await perform(name);
    }),
  );
}
for (const secondTry of secondTries) await performAgain(secondTry);
end();
