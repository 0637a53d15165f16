// Fails unless this checkout is the release that TAG says: the files, the bundle, and what GitLab's files fetch.
// Usage: node script/check-release.mjs v2.1.0 [--major]. With --major it prints the tag that is to be moved here: `v2`,
// or nothing where a newer release has it, or this one is no final one.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

const [tag = '', flag] = process.argv.slice(2);
const read = (path) => readFileSync(path, 'utf8');
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' });
const FINAL = /^v(\d+)\.(\d+)\.(\d+)$/;

function problems() {
  const version = tag.replace(/^v/, '');
  const said = {
    'package.json': JSON.parse(read('package.json')).version,
    'package-lock.json': JSON.parse(read('package-lock.json')).version,
    'dist/index.js': execFileSync(process.execPath, ['dist/index.js', '--version'], {
      encoding: 'utf8',
    }).trim(),
  };
  const wrong = Object.entries(said).filter(([, found]) => found !== version);
  return [...wrong.map(([file, found]) => `${file} says ${found}`), ...unpinned(version)];
}

/** What a GitLab job fetches must be this bundle: https://docs.gitlab.com/ci/yaml/#includeremote */
function unpinned(version) {
  const sha256 = createHash('sha256').update(readFileSync('dist/index.js')).digest('hex');
  const files = ['gitlab/hephy-build.yml', 'templates/build.yml'].filter((path) => existsSync(path));
  return files.flatMap((path) => {
    const text = read(path);
    return text.includes(`/v${version}/`) && text.includes(sha256) ? [] : [`${path} fetches another bundle`];
  });
}

/** A repair of an older release must not take the tag back. */
function majorTag() {
  const found = FINAL.exec(tag);
  if (!found) return '';
  const [, major] = found;
  const siblings = git('tag', '--list', `v${major}.*`)
    .split('\n')
    .filter((name) => FINAL.test(name));
  return siblings.every((name) => compare(tag, name) >= 0) ? `v${major}` : '';
}

function compare(a, b) {
  const [left, right] = [a, b].map((name) => FINAL.exec(name).slice(1).map(Number));
  return left.map((number, index) => number - right[index]).find((difference) => difference !== 0) ?? 0;
}

const found = problems();
for (const problem of found)
  process.stderr.write(`${tag}: ${problem}. node script/set-version.mjs ${tag.slice(1)}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
if (found.length === 0 && flag === '--major') process.stdout.write(majorTag());
