import { relative } from 'node:path';

/** Ends a run of the Web Test Runner with what failed and its figures, in the words of node's test runner. */
export function countReporter() {
  return {
    stop({ sessions }) {
      const figures = { pass: 0, fail: 0, skipped: 0 };
      for (const { testFile, browser, testResults, errors, passed } of sessions) {
        const tests = testResults ? testsIn(testResults) : [];
        for (const { passed, skipped } of tests) figures[skipped ? 'skipped' : passed ? 'pass' : 'fail']++;
        // A file that did not load, crashed, or has no test in it.
        const told = tests.some((test) => !test.passed && !test.skipped);
        const broken = tests.length === 0 || ((errors.length > 0 || !passed) && !told);
        if (broken) figures.fail++;
        if (!broken && !told) continue;
        console.log(`\ntest at ${relative('', testFile)}: ${browser.name}`);
        if (broken) console.log('✖ the file');
        for (const { name, error } of tests.filter((test) => !test.passed && !test.skipped)) {
          console.log(`✖ ${name}\n  ${error?.message ?? ''}`);
        }
      }
      for (const [name, count] of Object.entries(figures)) console.log(`# ${name} ${count}`);
    },
  };
}

function testsIn({ tests, suites }) {
  return [...tests, ...suites.flatMap(testsIn)];
}
