import { githubRegistry } from '../domain/github-registry.ts';
import { canonicalHost } from '../registry/reference.ts';

export interface HostLogin {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

export interface JobFacts {
  /** Of the registry that is pushed to. */
  readonly host: string;
  readonly platform: 'github' | 'gitlab' | 'local';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** GitHub's, of this job. */
  readonly token: string | undefined;
}

/** The logins that a platform gives every job, each for the platform's own registry and for no other. */
export function listJobLogins(facts: JobFacts): readonly HostLogin[] {
  if (facts.platform === 'github') return githubLogin(facts);
  return facts.platform === 'gitlab' ? gitlabLogins(facts.env) : [];
}

/** A token opens more than packages, so it lies in no file of a run that pushes elsewhere. */
function githubLogin({ host, env, token }: JobFacts): readonly HostLogin[] {
  const own = githubRegistry(env['GITHUB_SERVER_URL']);
  if (!token || own === undefined || canonicalHost(host) !== own) return [];
  return [{ host: own, username: env['GITHUB_ACTOR'] || 'github-actions', password: token }];
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/, with the proxy for Docker Hub that a group may have. */
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
