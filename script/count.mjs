// The last lines of script/test. Usage: count.mjs DIR PASSED FAILED SUITE…: the steps that passed and failed, and the
// suites of jest, whose reports are DIR/SUITE.json. Exits 1 when anything failed, and when a test was skipped without a
// reason in its name, which test/support/requirements.ts writes there.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, passed, failed, ...suites] = process.argv.slice(2);
const total = { passed: Number(passed), failed: Number(failed), skipped: 0 };
const reasons = new Map();

function readReport(suite) {
  const file = join(dir, `${suite}.json`);
  // Without a report jest did not even start. A file that could not be loaded has no failed test, but it did fail.
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numRuntimeErrorTestSuites: 1 };
}

function noteSkipped({ fullName }) {
  const reason = /\(requires (.+?)\)/.exec(fullName)?.[1];
  if (reason === undefined) {
    process.stderr.write(`skipped without a reason: ${fullName}\n`);
    total.failed += 1;
  } else {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    total.skipped += 1;
  }
}

for (const suite of suites) {
  const report = readReport(suite);
  total.passed += report.numPassedTests ?? 0;
  total.failed += (report.numFailedTests ?? 0) + report.numRuntimeErrorTestSuites;
  const tests = (report.testResults ?? []).flatMap(({ assertionResults }) => assertionResults);
  tests.filter(({ status }) => ['pending', 'todo', 'disabled'].includes(status)).forEach(noteSkipped);
}

for (const [reason, count] of reasons)
  process.stdout.write(`${count} skipped, because they require ${reason}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
