// HEPHY_TEST_REPOSITORIES says where on this machine each repository lies: {"acme/shop": "/tmp/…"}. What is fetched is
// as shallow as from a server, and named as the real action names it.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const { env } = process;
const input = (name) => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
const repository = input('repository');
const source = JSON.parse(env.HEPHY_TEST_REPOSITORIES ?? '{}')[repository];
if (source === undefined) throw new Error(`HEPHY_TEST_REPOSITORIES does not have ${repository}`);
if (input('submodules') === 'true' || input('lfs') === 'true')
  throw new Error('submodules and lfs: not here');

const into = join(env.GITHUB_WORKSPACE, input('path'));
mkdirSync(into, { recursive: true });
const git = (...args) => execFileSync('git', args, { cwd: into, stdio: ['ignore', 'inherit', 'inherit'] });

git('init', '-q', '-b', 'main');
git('remote', 'add', 'origin', `${env.GITHUB_SERVER_URL}/${repository}`);
// Where it lies is for git alone; what reads the address sees the server's.
git('config', `url.file://${source}.insteadOf`, `${env.GITHUB_SERVER_URL}/${repository}`);
const patterns = input('sparse-checkout').split('\n').filter(Boolean);
if (patterns.length > 0) git('sparse-checkout', 'set', '--no-cone', ...patterns);
const depth = Number(input('fetch-depth')) === 0 ? [] : [`--depth=${input('fetch-depth')}`];
const fetch = (spec) => git('fetch', '-q', '--no-tags', ...depth, 'origin', spec);

if (input('ref') !== '') {
  fetch(input('ref'));
  git('checkout', '-q', '--detach', 'FETCH_HEAD');
} else {
  const [, kind, name] = /^refs\/(heads|tags|pull)\/(.+)$/.exec(env.GITHUB_REF) ?? [];
  const kept =
    kind === 'tags' ? env.GITHUB_REF : `refs/remotes/${kind === 'pull' ? 'pull' : 'origin'}/${name}`;
  fetch(`+${env.GITHUB_SHA}:${kept}`);
  if (kind === 'heads') git('checkout', '-q', '--force', '-B', name, kept);
  else git('checkout', '-q', '--force', '--detach', kept);
}
console.log(`${repository} at ${input('ref') || env.GITHUB_SHA} in ${into}`);
