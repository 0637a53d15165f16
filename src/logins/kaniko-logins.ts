import { quoteWord } from '../domain/shell-quote.ts';
import { authKey } from '../registry/login-file.ts';
import { canonicalHost } from '../registry/reference.ts';
import { chooseFederated, type LoginFacts, type Method } from './choose-login.ts';
import { ID_TOKEN_VARIABLE } from './id-token.ts';
import { GITLAB_VARIABLES } from './job-logins.ts';

/** The logins of a generated GitLab job that runs kaniko without hephy-builder. */
export interface KanikoLogins {
  /** Lines for a POSIX shell with `set -e`, to run before kaniko. */
  readonly lines: readonly string[];
  /** The audience for `id_tokens` of every job that logs in; undefined if no token is needed. */
  readonly audience: string | undefined;
}

export interface KanikoFacts extends Pick<LoginFacts, 'host' | 'settings' | 'env'> {
  /** The job pushes, so a job without its password fails at once. */
  readonly required: boolean;
  /** Default: kaniko's own directory, which kaniko excludes from every image. */
  readonly directory?: string;
}

/**
 * The logins of a job in kaniko's image, which has a busybox shell and credential helpers for the clouds, but no Node.
 * Secrets are read from the job's variables when the job runs: these lines contain none, and none becomes an argument of
 * a program, because `printf` is built into the shell.
 */
export function renderKanikoLogins(facts: KanikoFacts): KanikoLogins {
  const directory = facts.directory ?? '/kaniko/.docker';
  const choice = facts.settings.username === undefined ? chooseFederated(facts) : undefined;
  const method = choice?.kind === 'asked' ? choice.method : undefined;
  const audience = method && 'audience' in method ? method.audience : undefined;
  const federated = method ? renderMethod(method, directory) : [];
  return { lines: [...renderConfig(facts, directory), ...federated], audience };
}

/** A shell function that adds a login. It ignores invalid hosts and empty passwords. */
const ADD_LOGIN = `hephy_login() {
    case $1 in '' | *[!A-Za-z0-9.:/_-]*) return 0 ;; esac
    test -n "$2" && test -n "$3" || return 0
    printf '%s"%s":{"auth":"%s"}' "$comma" "$1" "$(printf '%s:%s' "$2" "$3" | base64 | tr -d '\\n')"
    comma=,
  }`;

/** Writes the job's own logins and the login of the settings. An existing config belongs to the user and is kept. */
function renderConfig({ host, settings, required }: KanikoFacts, directory: string): readonly string[] {
  const { username } = settings;
  const asked = username === undefined ? undefined : { host: canonicalHost(host), username };
  const file = quoteWord(`${directory}/config.json`);
  const logins = [...GITLAB_VARIABLES.map((names) => addJobLogin(names, asked?.host)), ...addAsked(asked)];
  return [
    `test -e ${file} || (
  ${asked && required ? `: "\${HEPHY_REGISTRY_PASSWORD:?${MISSING_PASSWORD}}"\n  ` : ''}umask 077
  mkdir -p ${quoteWord(directory)}
  ${ADD_LOGIN}
  comma=
  {
    printf '{"auths":{'
${logins.map((line) => `    ${line}`).join('\n')}
    printf '}}\\n'
  } > ${file}
)`,
  ];
}

const MISSING_PASSWORD =
  'registry_username is set and this variable is not; protected variables exist only on protected branches';

function addJobLogin(names: readonly string[], asked: string | undefined): string {
  const [server = '', ...rest] = names;
  const login = `hephy_login ${[server, ...rest].map((name) => `"\${${name}-}"`).join(' ')}`;
  return asked === undefined ? login : `test "\${${server}-}" = ${quoteWord(asked)} || ${login}`;
}

/** The command substitution removes a newline that was pasted with the password. */
function addAsked(asked: { host: string; username: string } | undefined): readonly string[] {
  if (asked === undefined) return [];
  const words = [authKey(asked.host), asked.username].map(quoteWord).join(' ');
  return [`hephy_login ${words} "$(printf '%s' "\${HEPHY_REGISTRY_PASSWORD-}")"`];
}

/** kaniko's built-in credential helpers read the same variables as each cloud's own programs. */
function renderMethod(method: Method, directory: string): readonly string[] {
  const token = `${directory}/id-token`;
  switch (method.by) {
    case 'aws-role':
      return [
        writeToken(token, method.audience),
        // Keys would take precedence over the role.
        'unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE',
        exportAll({
          AWS_ROLE_ARN: method.role,
          AWS_ROLE_SESSION_NAME: 'hephy-builder',
          AWS_WEB_IDENTITY_TOKEN_FILE: token,
          AWS_REGION: method.ecr.region,
        }),
      ];
    case 'google':
      return [
        writeToken(token, method.audience),
        `printf '%s\\n' ${quoteWord(describeGoogle(method, token))} > ${quoteWord(`${directory}/google.json`)}`,
        exportAll({ GOOGLE_APPLICATION_CREDENTIALS: `${directory}/google.json` }),
      ];
    case 'azure':
      return [
        writeToken(token, method.audience),
        'unset AZURE_CLIENT_SECRET AZURE_FEDERATED_TOKEN AZURE_USERNAME AZURE_PASSWORD',
        exportAll({
          AZURE_CLIENT_ID: method.client,
          AZURE_TENANT_ID: method.tenant,
          AZURE_FEDERATED_TOKEN_FILE: token,
          AZURE_ENVIRONMENT: method.cloud.name,
        }),
      ];
    default:
      return [];
  }
}

function writeToken(file: string, audience: string): string {
  const missing = `give this job id_tokens: ${ID_TOKEN_VARIABLE}, with the aud ${audience.replace(/[^\w:/.@-]/g, '?')}`;
  return `(umask 077 && printf '%s' "\${${ID_TOKEN_VARIABLE}:?${missing}}" > ${quoteWord(file)})`;
}

function exportAll(variables: Readonly<Record<string, string>>): string {
  const words = Object.entries(variables).map(([name, value]) => `${name}=${quoteWord(value)}`);
  return `export ${words.join(' ')}`;
}

/** https://google.aip.dev/auth/4117 */
function describeGoogle(method: Extract<Method, { by: 'google' }>, token: string): string {
  const account = method.serviceAccount;
  const impersonation = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateAccessToken`;
  return JSON.stringify({
    type: 'external_account',
    audience: `//iam.googleapis.com/${method.provider}`,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: 'https://sts.googleapis.com/v1/token',
    credential_source: { file: token },
    ...(account === undefined ? {} : { service_account_impersonation_url: impersonation }),
  });
}
