// Writes a version everywhere it stands: package.json and its lock, the bundle, and what GitLab's files fetch. Commit what
// it changes, tag that commit vX.Y.Z and push the tag. Usage: node script/set-version.mjs 2.1.0
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [version = ''] = process.argv.slice(2);
const run = (file, ...args) => execFileSync(file, args, { cwd: root, stdio: 'inherit' });

if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
  throw new Error(`${version || 'nothing'} is not a version, such as 2.1.0`);
run('npm', 'version', version, '--no-git-tag-version', '--allow-same-version');
run(process.execPath, 'script/build.mjs');
run(process.execPath, 'script/generate.mjs');
