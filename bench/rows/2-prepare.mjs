import { rmSync } from 'node:fs';
import { createLargeRepository, git } from '../repository.mjs';
import { shown, sideBySide, time } from '../measure.mjs';
import { bundle } from '../paths.mjs';

export const row = {
  name: 'Prepare a large repository',
  budget: '≤ 2 × the bare `git diff` + `git ls-files`, on 1,000 images, 10,000 commits, 50,000 files',
  async measure() {
    const dir = createLargeRepository({ images: 1000, files: 50_000, commits: 10_000 });
    try {
      return await measureIn(dir);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

async function measureIn(cwd) {
  const base = git(cwd, 'rev-parse', 'HEAD~5');
  const plan = [process.execPath, bundle, 'plan', '--json', '--date', '20260101'];
  const bare = (...args) => time(['git', ...args], { cwd });
  const measured = await sideBySide({
    gitCommits: () => bare('diff', '--name-status', '-z', base, 'HEAD') + bare('ls-files', '-z'),
    planCommits: () => time([...plan, '--base', base, '--head', 'HEAD'], { cwd }),
    gitTree: () =>
      bare('diff', '--name-status', '-z', base) +
      bare('ls-files', '-z', '--others', '--exclude-standard', '--cached'),
    planTree: () => time([...plan, '--base', base], { cwd }),
    node: () => time([process.execPath, '-e', '0']),
  });
  const ratio = (a, b) => (measured[a].median / measured[b].median).toFixed(1);
  return {
    verdict: `${ratio('planTree', 'gitTree')} × for a working tree, ${ratio('planCommits', 'gitCommits')} × between two commits`,
    figures: {
      'bare git, two commits': shown(measured.gitCommits),
      '`hephy plan`, two commits': shown(measured.planCommits),
      'bare git, working tree': shown(measured.gitTree),
      '`hephy plan`, working tree': shown(measured.planTree),
      '`node -e 0`, part of each plan': shown(measured.node),
    },
  };
}
