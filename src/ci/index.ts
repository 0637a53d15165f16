import type { Ci } from './ci.ts';
import { createGithubCi } from './github/github.ts';
import { createGitlabCi } from './gitlab/gitlab.ts';
import type { CiHost } from './host.ts';
import { createLocalCi } from './local/local.ts';

const PLATFORMS = { github: createGithubCi, gitlab: createGitlabCi, local: createLocalCi } as const;

/** `GITLAB_CI` says `false` under gitlab-ci-local, which sets all else as GitLab does. */
export function detectCi(host: CiHost): Ci {
  const { env } = host;
  if (env['GITHUB_ACTIONS'] === 'true') return PLATFORMS.github(host);
  const gitlab = env['GITLAB_CI'] === 'true' || (env['CI_PIPELINE_SOURCE'] ?? '') !== '';
  return gitlab ? PLATFORMS.gitlab(host) : PLATFORMS.local(host);
}
