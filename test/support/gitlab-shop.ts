import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { GitRepo } from './git-repo.ts';
import { type GitlabResult, type GitlabRun, runGitlabCi } from './gitlab-ci-local.ts';
import { RUNNER } from './github-shop.ts';
import { BUNDLE } from './hephy.ts';

const INCLUDE = fileURLToPath(new URL('../../gitlab/hephy-build.yml', import.meta.url));

/** The bundle under test, as whoever pins it writes it down. */
export const SHA256 = createHash('sha256').update(readFileSync(BUNDLE)).digest('hex');

export interface Mirror {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/** What a release has, on loopback: the file to include, and the bundle. */
export async function startMirror(): Promise<Mirror> {
  const server = createServer((request, response) => {
    const path = { '/hephy-build.yml': INCLUDE, '/hephy.mjs': BUNDLE }[request.url ?? ''];
    if (path === undefined) response.writeHead(404).end();
    else response.end(readFileSync(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => stop(server) };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** The lines that a user writes: docs/gitlab.md. */
export function gitlabCi(mirror: Mirror): string {
  return `include:\n  - remote: ${mirror.url}/hephy-build.yml\n`;
}

export interface GitlabPlay {
  readonly repo: GitRepo;
  readonly mirror: Mirror;
  /** `host/path` */
  readonly registry: string;
  readonly run?: Partial<GitlabRun>;
}

/** The pipeline of a push to main, planned and started; its child is played by `playChild`. */
export async function playParent({ repo, mirror, registry, run = {} }: GitlabPlay): Promise<GitlabResult> {
  const { variables, ...rest } = run;
  return runGitlabCi({
    cwd: repo.dir,
    env: RUNNER,
    flags: ['--fetch-includes'],
    jobs: ['hephy:prepare'],
    ...rest,
    variables: {
      HEPHY_SOURCE: `${mirror.url}/hephy.mjs`,
      HEPHY_SHA256: SHA256,
      HEPHY_REGISTRY: registry,
      CI_PIPELINE_SOURCE: 'push',
      // Jobs run where they are copied to, and not where a runner would put them.
      CI_PROJECT_DIR: '.',
      CI_COMMIT_BEFORE_SHA: '0'.repeat(40),
      ...variables,
    },
  });
}

/**
 * What `hephy:build` starts. The artifacts that its jobs fetch from the pipeline above lie in the checkout, from where
 * they are copied with all that git knows of.
 */
export async function playChild({
  repo,
  registry,
  run = {},
}: Omit<GitlabPlay, 'mirror'>): Promise<GitlabResult> {
  await repo.git('add', '--force', '.hephy/run');
  const { variables, ...rest } = run;
  return runGitlabCi({
    cwd: repo.dir,
    file: '.hephy/run/pipeline.yml',
    env: RUNNER,
    ...rest,
    variables: {
      HEPHY_REGISTRY: registry,
      CI_PIPELINE_SOURCE: 'parent_pipeline',
      CI_PROJECT_DIR: '.',
      PARENT_PIPELINE_ID: '1',
      ...variables,
    },
  });
}
