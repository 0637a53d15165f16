import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { createGoShop } from './go-shop.ts';
import type { GitRepo } from './git-repo.ts';
import { type ActResult, type ActRun, runAct } from './act.ts';
import { TOOL_PATH } from './hephy.ts';
import { node24 } from './surface-tools.ts';
import { KO, REGISTRY } from './tool-cache.ts';

/** The lines that a user writes: docs/github.md. */
export const WORKFLOW = `name: images
on: [push, pull_request, workflow_dispatch]
jobs:
  images:
    permissions: { contents: read, packages: write, id-token: write }
    uses: kingdon-ci/hephy-builder/.github/workflows/build.yml@v2
    with:
      registry: \${{ vars.REGISTRY }}
      push: \${{ vars.PUSH }}
      images: \${{ vars.IMAGES }}
    secrets:
      build-secrets: \${{ secrets.BUILD_SECRETS }}
`;

/** What a hosted machine has: ko at hand, and Go's cache warm. */
export const RUNNER = {
  PATH: [...[node24(), KO, REGISTRY].map((tool) => dirname(tool)), TOOL_PATH].join(delimiter),
  GOCACHE: join(homedir(), '.cache/go-build'),
  GOTOOLCHAIN: 'local',
};

/** What "Re-run failed jobs" does with one leg: the plan is the one that prepare made before. */
export const AGAIN = `name: again
on: push
jobs:
  again:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - uses: kingdon-ci/hephy-builder@v2
        with: { step: build, plan: '\${{ vars.PLAN }}', job: '\${{ vars.JOB }}', registry: '\${{ vars.REGISTRY }}' }
      - uses: kingdon-ci/hephy-builder@v2
        with: { step: manifest, plan: '\${{ vars.PLAN }}', registry: '\${{ vars.REGISTRY }}' }
`;

export interface GithubShop {
  readonly repo: GitRepo;
  readonly origin: string;
  /** Of this shop alone. */
  readonly registry: string;
  /** Plays the workflow on what is committed, checked out as GitHub does. */
  play(run?: Partial<ActRun>): Promise<ActResult>;
  /** The commit is a pull request's, merged into main: GitHub keeps it under this name. */
  playPullRequest(from: string): Promise<ActResult>;
}

let count = 0;

/** Two Go images, one built on the other, on GitHub as `acme/shop`. */
export async function createGithubShop(host: string, project: string): Promise<GithubShop> {
  const repo = await createGoShop(host);
  await repo.write({ '.github/workflows/images.yml': WORKFLOW });
  await repo.commit('a workflow');
  const origin = await repo.addBareRemote('server');
  await repo.git('remote', 'add', 'origin', 'https://github.com/acme/shop.git');
  const registry = `${host}/shop${count++}`;
  async function play({ vars, env, ...run }: Partial<ActRun> = {}, ref = 'main'): Promise<ActResult> {
    await repo.git('push', '-q', '--force', 'server', `HEAD:${ref}`);
    return runAct({
      cwd: repo.dir,
      event: 'push',
      project,
      workflow: '.github/workflows/images.yml',
      repositories: { 'acme/shop': origin },
      vars: { REGISTRY: registry, ...vars },
      env: { ...RUNNER, ...env },
      ...run,
    });
  }
  return {
    repo,
    origin,
    registry,
    play,
    playPullRequest: (from) =>
      play({ event: 'pull_request', payload: describePullRequest(from) }, 'refs/pull/7/merge'),
  };
}

/** https://docs.github.com/webhooks/webhook-events-and-payloads#pull_request */
function describePullRequest(from: string): object {
  const base = { ref: 'main', repo: { full_name: 'acme/shop', default_branch: 'main' } };
  const head = { ref: 'feature', repo: { full_name: from } };
  return { number: 7, pull_request: { number: 7, base, head }, repository: base.repo };
}
