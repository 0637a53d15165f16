// Builds dist/ from clean: tsc emits, ncc bundles the JavaScript. `--out DIR` builds elsewhere, to compare.
import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const outFlag = process.argv.indexOf('--out');
const out = outFlag > 0 ? process.argv[outFlag + 1] : join(root, 'dist');
const bin = (name) => join(root, 'node_modules', '.bin', name);

rmSync(join(root, 'build'), { recursive: true, force: true });
rmSync(out, { recursive: true, force: true });
execFileSync(bin('tsc'), ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
execFileSync(bin('ncc'), ['build', 'build/src/index.js', '-o', out, '--license', 'licenses.txt', '--quiet'], {
  cwd: root,
  stdio: 'inherit',
});

const entry = join(out, 'index.js');
const code = readFileSync(entry, 'utf8');
writeFileSync(entry, code.startsWith('#!') ? code : `#!/usr/bin/env node\n${code}`);
chmodSync(entry, 0o755);

// GitLab's jobs fetch one file by its checksum: what is imported late says `webpackMode: "eager"`, and makes no chunk.
const chunks = readdirSync(out).filter((name) => /\.index\.js$/.test(name));
if (chunks.length > 0)
  throw new Error(`dist/ must hold one script, and ncc made chunks: ${chunks.join(', ')}`);
