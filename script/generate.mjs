// Writes what is made from the source: docs/errors.md, inputs and checksum of the GitLab files, the tables in docs/*.md and README.md
// and the JSON Schemas. With --check nothing is written, and a stale file fails. Needs build/ (script/build.mjs).
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
const load = (path) => import(pathToFileURL(join(root, 'build/src', path)).href);
const read = (path) => {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return '';
  }
};

const { parse } = await import('yaml');
const { renderIncludes } = await import('./gitlab-files.mjs');
const { SETTINGS } = await load('config/settings-table.js');
const { renderErrorTable } = await load('report/errors.js');
const { ERROR_CODES } = await load('errors.js');
const { renderJsonSchemas } = await load('config/json-schema.js');
const { renderFieldTable, renderSettingsTable } = await load('config/describe.js');
const { renderCommandTable } = await load('cli/help.js');
const { renderMedians } = await import('../bench/render.mjs');

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
function fill(text, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`the markers for ${name} are missing`);
  return `${text.slice(0, start + open.length)}\n\n${content.trim()}\n\n${text.slice(end)}`;
}

/** action.yml is the source, so that GitHub and docs/action.md describe the inputs in the same words. */
function renderInputTable() {
  const { inputs, outputs: results } = parse(read('action.yml'));
  const row = ([name, { description, default: standard }]) =>
    `| \`${name}\` | ${standard === undefined ? '' : `\`${standard}\``} | ${description.replaceAll('|', '\\|')} |`;
  const table = (title, entries) => [
    `| ${title} | default | meaning |`,
    '| --- | --- | --- |',
    ...entries.map(row),
  ];
  return [...table('input', Object.entries(inputs)), '', ...table('output', Object.entries(results))].join(
    '\n',
  );
}

const includes = {
  include: read('gitlab/hephy-build.yml'),
  component: read('templates/build.yml'),
  settings: SETTINGS,
  version: JSON.parse(read('package.json')).version,
  bundle: read('dist/index.js'),
};

/** The inputs of the reusable workflow that the action does not have, and its secrets and outputs. */
function renderWorkflowTable() {
  const { inputs, secrets, outputs: results } = parse(read('.github/workflows/build.yml')).on.workflow_call;
  const known = Object.keys(parse(read('action.yml')).inputs);
  const own = Object.entries(inputs).filter(([name]) => !known.includes(name));
  const table = (title, entries) => [
    `| ${title} | meaning |`,
    '| --- | --- |',
    ...entries.map(([name, { description, default: standard }]) => {
      const otherwise = standard === undefined ? '' : ` Default \`${standard}\`.`;
      return `| \`${name}\` | ${description.replaceAll('|', '\\|')}${otherwise} |`;
    }),
  ];
  const tables = [
    table('input', own),
    table('secret', Object.entries(secrets)),
    table('output', Object.entries(results)),
  ];
  return tables.map((lines) => lines.join('\n')).join('\n\n');
}

/** `npm run bench` measures the results; this only renders them. */
function fillMeasured(text) {
  const results = JSON.parse(read('bench/results.json'));
  const rows = { backends: 'The same Go program by each backend', 'one-leg': 'One leg' };
  const told = (row) => (results[row] ? renderMedians(results[row]) : 'Not measured yet: `npm run bench`.');
  return Object.entries(rows).reduce((filled, [place, row]) => fill(filled, place, told(row)), text);
}

const outputs = {
  ...renderJsonSchemas(),
  ...renderIncludes(includes),
  'docs/errors.md': renderErrorTable(ERROR_CODES),
  'docs/build-config.md': fill(read('docs/build-config.md'), 'fields', renderFieldTable()),
  'docs/github.md': fill(read('docs/github.md'), 'workflow', renderWorkflowTable()),
  'docs/settings.md': fill(read('docs/settings.md'), 'settings', renderSettingsTable()),
  'docs/backends.md': fillMeasured(read('docs/backends.md')),
  'docs/action.md': fill(read('docs/action.md'), 'inputs', renderInputTable()),
  'README.md': fill(read('README.md'), 'commands', renderCommandTable()),
};

let stale = 0;
for (const [path, wanted] of Object.entries(outputs)) {
  if (wanted === read(path)) continue;
  stale += 1;
  if (check) process.stderr.write(`${path} is stale: npm run generate\n`);
  else writeFileSync(join(root, path), wanted);
}
process.exitCode = check && stale > 0 ? 1 : 0;
