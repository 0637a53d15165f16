// Fails unless dist/ is exactly what the source builds, and every generated document is what it would be now.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const fresh = mkdtempSync(join(tmpdir(), 'hephy-dist-'));

function filesOf(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

function differences(committed) {
  const [a, b] = [filesOf(committed), filesOf(fresh)];
  const all = [...new Set([...a, ...b])];
  return all.filter(
    (name) => !a.includes(name) || !b.includes(name) || !same(join(committed, name), join(fresh, name)),
  );
}

function same(left, right) {
  return readFileSync(left).equals(readFileSync(right));
}

try {
  execFileSync(process.execPath, [join(root, 'script/build.mjs'), '--out', fresh], { stdio: 'inherit' });
  const stale = differences(join(root, 'dist'));
  for (const name of stale) process.stderr.write(`dist/${name} does not match src/: npm run build\n`);
  execFileSync(process.execPath, [join(root, 'script/generate.mjs'), '--check'], { stdio: 'inherit' });
  process.exitCode = stale.length > 0 ? 1 : 0;
} catch {
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
