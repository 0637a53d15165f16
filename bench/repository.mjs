// Large repositories in a moment: one `git fast-import` stream instead of ten thousand commits by hand.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function git(dir, ...args) {
  const done = spawnSync('git', args, { cwd: dir, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0) throw new Error(`git ${args[0]}: ${done.stderr}`);
  return done.stdout.trim();
}

/** A folder as a repository with one commit, with everything in it. */
export function commitAll(dir) {
  const who = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', '-c', 'commit.gpgsign=false'];
  git(dir, 'init', '-q', '-b', 'main');
  git(dir, 'add', '-A');
  git(dir, ...who, 'commit', '-q', '-m', '.');
}

function blob(path, text) {
  return `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
}

function commit(index, body) {
  const when = `bench <bench@localhost> ${1_700_000_000 + index} +0000`;
  return `commit refs/heads/main\ncommitter ${when}\ndata 1\n.\n${body}\n`;
}

function imageFiles(index, files) {
  const dir = `team-${index % 20}/image-${index}`;
  const from = index % 10 === 9 ? '${HEPHY_REGISTRY}:' + `image-${index - 1}-latest` : 'alpine:3.22';
  const config = `name: image-${index}\nplatforms: [linux/amd64, linux/arm64]\nadditional_tags:\n  - latest\nbuild_args:\n  - VERSION=${index}\n`;
  const dockerfile = `ARG HEPHY_REGISTRY\nFROM ${from}\nCOPY . /app\nRUN make -C /app\nCMD ["/app/run"]\n`;
  const sources = Array.from({ length: files }, (_, n) => blob(`${dir}/src/file-${n}.txt`, `${index}/${n}`));
  return [blob(`${dir}/build-config.yaml`, config), blob(`${dir}/Dockerfile`, dockerfile), ...sources].join(
    '',
  );
}

/** A checkout with that many images, files and commits; the last commit touches a few images. */
export function createLargeRepository({ images, files, commits }) {
  const dir = mkdtempSync(join(tmpdir(), 'hephy-bench-'));
  git(dir, 'init', '-q', '-b', 'main');
  const perImage = Math.floor(files / images) - 2;
  const stream = [
    commit(0, Array.from({ length: images }, (_, index) => imageFiles(index, perImage)).join('')),
  ];
  for (let index = 1; index < commits; index += 1) {
    const image = (index * 7) % images;
    stream.push(commit(index, blob(`team-${image % 20}/image-${image}/src/file-0.txt`, `commit ${index}`)));
  }
  const done = spawnSync('git', ['fast-import', '--quiet'], { cwd: dir, input: stream.join('') });
  if (done.status !== 0) throw new Error(String(done.stderr));
  git(dir, 'reset', '-q', '--hard', 'main');
  return dir;
}
