// The last line of script/test. Usage: count.mjs DIR PASSED FAILED SUITE…: the steps that passed and failed, and the
// suites of jest, whose reports are DIR/SUITE.json. Exits 1 when anything failed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, passed, failed, ...suites] = process.argv.slice(2);
const total = { passed: Number(passed), failed: Number(failed), skipped: 0 };

for (const suite of suites) {
  const file = join(dir, `${suite}.json`);
  // Without a report jest did not even start. A file that could not be loaded has no failed test, but it did fail.
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numRuntimeErrorTestSuites: 1 };
  total.passed += report.numPassedTests ?? 0;
  total.failed += (report.numFailedTests ?? 0) + report.numRuntimeErrorTestSuites;
  total.skipped += (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
