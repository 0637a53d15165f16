import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SpinError } from './spin-error.mjs';

/** Of spin.toml, what building and pushing needs. */
export function readManifest(from) {
  const path = findManifest(from);
  const tables = readTables(readFileSync(path, 'utf8'), path);
  const components = [...tables.keys()]
    .flatMap((name) => /^component\.([a-z0-9-]+)$/.exec(name)?.[1] ?? [])
    .map((id) => ({ id, ...tables.get(`component.${id}`), build: tables.get(`component.${id}.build`) }));
  return { path, application: tables.get('application') ?? {}, components };
}

function findManifest(from) {
  if (!existsSync(from)) throw new SpinError(`No such file or directory '${from}'`);
  if (statSync(from).isFile()) return from;
  const inside = join(from, 'spin.toml');
  if (existsSync(inside)) return inside;
  throw new SpinError(`Directory ${from} does not contain a file named 'spin.toml'`);
}

/** As much TOML as the tests write: tables, one value a line, with strings, lists and inline tables in it. */
function readTables(text, path) {
  const tables = new Map([['', {}]]);
  let current = '';
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const table = /^\[\[?([\w.-]+)\]\]?\s*$/.exec(line)?.[1];
    const [, key, value] = /^([\w-]+)\s*=\s*(.+)$/.exec(line) ?? [];
    if (table !== undefined) tables.set((current = table), tables.get(table) ?? {});
    else if (key === undefined) throw unreadable(path, index + 1);
    else tables.get(current)[key] = readValue(value, path, index + 1);
  }
  return tables;
}

function readValue(text, path, line) {
  try {
    return JSON.parse(text.replaceAll(/([{,]\s*)([\w-]+)\s*=/g, '$1"$2":'));
  } catch {
    throw unreadable(path, line);
  }
}

function unreadable(path, line) {
  return new SpinError(
    `Cannot read manifest file from "${path}"`,
    'invalid manifest: TOML',
    `TOML parse error at line ${line}, column 1`,
  );
}
