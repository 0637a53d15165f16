// `npm run bench` or `npm run bench -- "ROW"`: measures the budgets side by side with their peers, and writes RESULTS.md and results.json.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderFigures } from './render.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const resultsFile = join(here, 'results.json');
const results = JSON.parse(readFileSync(resultsFile, 'utf8'));

for (const file of readdirSync(join(here, 'rows')).sort()) {
  const { row } = await import(`./rows/${file}`);
  if (wanted.length > 0 && !wanted.includes(row.name)) continue;
  process.stderr.write(`${row.name} …\n`);
  const where = machine();
  const measured = await row.measure();
  results[row.name] = { budget: row.budget, note: row.note ?? '', machine: where, ...measured };
  process.stderr.write(`${JSON.stringify(measured.verdict)}\n`);
}

writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(join(here, 'RESULTS.md'), render());

function machine() {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, ${type()} ${release()}, Node ${process.versions.node}; load at the start ${loadavg()[0].toFixed(1)}, ${new Date().toISOString().slice(0, 10)}`;
}

function render() {
  const sections = Object.entries(results).map(([name, result]) => {
    const note = result.note === '' ? [] : ['', result.note];
    return [
      `## ${name}`,
      '',
      `Budget: ${result.budget}. **${result.verdict}**`,
      ...note,
      '',
      ...renderFigures(result),
      '',
      `Machine: ${result.machine}`,
    ].join('\n');
  });
  return `${['# Measurements', 'Written by `npm run bench`; each row in one run, the contenders taking turns. Figures are medians, in brackets the spread. A load well above zero means that other programs were at work: such a row says how the contenders compare, not how fast they are, and is to be measured again.', ...sections].join('\n\n')}\n`;
}
