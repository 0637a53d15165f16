import { githubRegistry } from '../domain/github-registry.ts';
import { canonicalHost } from '../registry/reference.ts';

export interface HostLogin {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

export interface JobFacts {
  /** The host of the registry to push to. */
  readonly host: string;
  readonly platform: 'github' | 'gitlab' | 'local';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The GITHUB_TOKEN of this job. */
  readonly token: string | undefined;
}

/** The logins that the CI platform gives every job, each only for the platform's own registry. */
export function listJobLogins(facts: JobFacts): readonly HostLogin[] {
  if (facts.platform === 'github') return githubLogin(facts);
  return facts.platform === 'gitlab' ? gitlabLogins(facts.env) : [];
}

/** The token permits more than packages, so a run that pushes to another registry does not write it to a file. */
function githubLogin({ host, env, token }: JobFacts): readonly HostLogin[] {
  const own = githubRegistry(env['GITHUB_SERVER_URL']);
  if (!token || own === undefined || canonicalHost(host) !== own) return [];
  return [{ host: own, username: env['GITHUB_ACTOR'] || 'github-actions', password: token }];
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/, including the dependency proxy for Docker Hub of a group. */
export const GITLAB_VARIABLES = [
  ['CI_REGISTRY', 'CI_REGISTRY_USER', 'CI_REGISTRY_PASSWORD'],
  ['CI_DEPENDENCY_PROXY_SERVER', 'CI_DEPENDENCY_PROXY_USER', 'CI_DEPENDENCY_PROXY_PASSWORD'],
] as const;

function gitlabLogins(env: JobFacts['env']): readonly HostLogin[] {
  return GITLAB_VARIABLES.flatMap(([server, user, secret]) => {
    const [host, username, password] = [env[server], env[user], env[secret]];
    return host && username && password ? [{ host: canonicalHost(host), username, password }] : [];
  });
}
