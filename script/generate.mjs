// Writes what is made from the source: docs/errors.md, the field table in docs/build-config.md, the tables in README.md
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

const { renderErrorTable } = await load('report/errors.js');
const { ERROR_CODES } = await load('errors.js');
const { renderJsonSchemas } = await load('config/json-schema.js');
const { renderFieldTable, renderSettingsTable } = await load('config/describe.js');
const { renderCommandTable } = await load('commands/help.js');

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->`. */
function fill(path, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const text = read(path);
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`${path} has no place for ${name}`);
  return `${text.slice(0, start + open.length)}\n\n${content.trim()}\n\n${text.slice(end)}`;
}

const outputs = {
  ...renderJsonSchemas(),
  'docs/errors.md': renderErrorTable(ERROR_CODES),
  'docs/build-config.md': () => fill('docs/build-config.md', 'fields', renderFieldTable()),
  'docs/settings.md': () => fill('docs/settings.md', 'settings', renderSettingsTable()),
  'README.md': () => fill('README.md', 'commands', renderCommandTable()),
};

let stale = 0;
for (const [path, source] of Object.entries(outputs)) {
  const wanted = typeof source === 'function' ? source() : source;
  if (wanted === read(path)) continue;
  stale += 1;
  if (check) process.stderr.write(`${path} is stale: npm run generate\n`);
  else writeFileSync(join(root, path), wanted);
}
process.exitCode = check && stale > 0 ? 1 : 0;
