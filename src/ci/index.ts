import type { Env } from '../system/env.ts';
import type { Ci } from './ci.ts';
import { openGithubCi } from './github/github.ts';
import { createGitlabCi } from './gitlab/gitlab.ts';
import type { CiHost } from './host.ts';
import { createLocalCi } from './local/local.ts';

const PLATFORMS = { github: openGithubCi, gitlab: createGitlabCi, local: createLocalCi } as const;

/** On GitHub its toolkit is loaded first. */
export async function detectCi(host: CiHost): Promise<Ci> {
  return PLATFORMS[detectPlatform(host.env)](host);
}

/** `GITLAB_CI` says `false` under gitlab-ci-local, which sets all else as GitLab does. */
export function detectPlatform(env: Env): Ci['id'] {
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  const gitlab = env['GITLAB_CI'] === 'true' || (env['CI_PIPELINE_SOURCE'] ?? '') !== '';
  return gitlab ? 'gitlab' : 'local';
}
