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
const RUNNER = {
  PATH: [...[node24(), KO, REGISTRY].map((tool) => dirname(tool)), TOOL_PATH].join(delimiter),
  GOCACHE: join(homedir(), '.cache/go-build'),
  GOTOOLCHAIN: 'local',
};

export interface GithubShop {
  readonly repo: GitRepo;
  readonly origin: string;
  /** Of this shop alone. */
  readonly registry: string;
  /** Plays the workflow on what is committed, checked out as GitHub does. */
  play(run?: Partial<ActRun>): Promise<ActResult>;
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
  return {
    repo,
    origin,
    registry,
    play: async ({ vars, env, ...run } = {}) => {
      await repo.git('push', '-q', 'server', 'HEAD');
      return runAct({
        cwd: repo.dir,
        event: 'push',
        project,
        repositories: { 'acme/shop': origin },
        vars: { REGISTRY: registry, ...vars },
        env: { ...RUNNER, ...env },
        ...run,
      });
    },
  };
}
