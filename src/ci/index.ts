import type { Env } from '../system/env.ts';
import type { Ci } from './ci.ts';
import { openGithubCi } from './github/github.ts';
import { createGitlabCi } from './gitlab/gitlab.ts';
import type { CiHost } from './host.ts';
import { createLocalCi } from './local/local.ts';

const PLATFORMS = { github: openGithubCi, gitlab: createGitlabCi, local: createLocalCi } as const;

/** Asynchronous, because GitHub's toolkit is only loaded on GitHub. */
export async function detectCi(host: CiHost): Promise<Ci> {
  return PLATFORMS[detectPlatform(host.env)](host);
}

/** gitlab-ci-local sets `GITLAB_CI` to `false`, and the other variables as GitLab does. */
export function detectPlatform(env: Env): Ci['id'] {
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  const gitlab = env['GITLAB_CI'] === 'true' || (env['CI_PIPELINE_SOURCE'] ?? '') !== '';
  return gitlab ? 'gitlab' : 'local';
}
