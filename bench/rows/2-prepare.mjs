import { rmSync } from 'node:fs';
import { createLargeRepository, git } from '../repository.mjs';
import { sideBySide, time } from '../measure.mjs';
import { profile } from '../profile.mjs';
import { bundle } from '../paths.mjs';

export const row = {
  name: 'Prepare a large repository',
  budget: '≤ 2 × the bare `git diff` + `git ls-files`, on 1,000 images, 10,000 commits, 50,000 files',
  note: 'Why it is missed: between two commits bare git has answered before Node has started, so nothing that runs on Node can be within twice its time. For a working tree, starting Node, loading the bundle and the same look of git at 50,000 files fill most of the budget before the first config is read. The rest is a thousand configs and a thousand Dockerfiles, each read, checked, matched and named, without a part that stands out. The profile is of the plan between two commits.',
  async measure() {
    const dir = createLargeRepository({ images: 1000, files: 50_000, commits: 10_000 });
    try {
      return await measureIn(dir);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

/** Of the plan between two commits; node's own start comes before the first of them. */
const PHASES = {
  'compiling the bundle, and running what its modules do when they are loaded': [
    'compileSourceTextModule',
    '__nccwpck_require__',
  ],
  'starting git processes': ['spawn'],
  'waiting for git': ['(idle)'],
  '50,000 paths into a tree': ['createTree', 'splitNul', 'findConfigs', 'indexContexts'],
  '1,000 configs: YAML, schema, rules': ['checkFile', 'configureImage', 'checkRepository', 'sortOut'],
  '1,000 Dockerfiles: reading, backend, dependencies': [
    'readDockerfile',
    'chooseBackend',
    'findDependencies',
  ],
  'which images are affected': ['decideAffected', 'listAllInputs'],
  'names and tags, checked once for all images, and the plan': ['makePlan', 'findPlanProblems'],
  'collecting garbage': ['(garbage collector)'],
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
  const ratio = (a, b) => measured[a].median / measured[b].median;
  const [tree, commits] = [ratio('planTree', 'gitTree'), ratio('planCommits', 'gitCommits')];
  return {
    verdict: `${tree.toFixed(1)} × for a working tree, ${commits.toFixed(1)} × between two commits: ${Math.max(tree, commits) <= 2 ? 'met' : 'missed'}`,
    figures: {
      'bare git, two commits': measured.gitCommits,
      '`hephy plan`, two commits': measured.planCommits,
      'bare git, working tree': measured.gitTree,
      '`hephy plan`, working tree': measured.planTree,
      '`node -e 0`, part of each plan': measured.node,
      ...profile([...plan.slice(1), '--base', base, '--head', 'HEAD'], PHASES, { cwd }),
    },
  };
}
