// The last line of script/test: tests of all suites, and the other steps as one each. Exits 1 when any failed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [dir, steps, ...failedSteps] = process.argv.slice(2);
const SUITES = ['unit', 'real'];
const total = { passed: 0, failed: 0, skipped: 0 };

for (const suite of SUITES) {
  const file = join(dir, `${suite}.json`);
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  total.passed += report?.numPassedTests ?? 0;
  total.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  // A suite that could not even load has no failed test, but it did fail.
  total.failed += (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 1);
}
const others = failedSteps.filter((step) => !SUITES.includes(step)).length;
total.failed += others;
total.passed += Number(steps) - SUITES.length - others;
if (failedSteps.length > 0 && total.failed === 0) total.failed = failedSteps.length;

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
