import { quoteWord } from '../domain/shell-quote.ts';
import { authKey } from '../registry/login-file.ts';
import { canonicalHost } from '../registry/reference.ts';
import { chooseFederated, type LoginFacts, type Method } from './choose-login.ts';
import { ID_TOKEN_VARIABLE } from './id-token.ts';
import { GITLAB_VARIABLES } from './job-logins.ts';

/** What jobs need that run hephy-builder's work without hephy-builder. */
export interface KanikoLogins {
  /** For a POSIX shell that ends at the first failure, before kaniko starts. */
  readonly lines: readonly string[];
  /** Whom the `id_tokens` of every job that logs in must be for; undefined: none is needed. */
  readonly audience: string | undefined;
}

export interface KanikoFacts extends Pick<LoginFacts, 'host' | 'settings' | 'env'> {
  /** Something is to be pushed: a job without its password ends at once. */
  readonly required: boolean;
  /** By default kaniko's own, which it leaves out of every image. */
  readonly directory?: string;
}

/**
 * The logins of a job in kaniko's image, which has a busybox shell and helpers for the clouds, and no Node. Secrets come
 * out of the job's variables while it runs: none stands in these lines, and none becomes an argument of a program,
 * because `printf` is a word of the shell itself.
 */
export function renderKanikoLogins(facts: KanikoFacts): KanikoLogins {
  const directory = facts.directory ?? '/kaniko/.docker';
  const choice = facts.settings.username === undefined ? chooseFederated(facts) : undefined;
  const method = choice?.kind === 'asked' ? choice.method : undefined;
  const audience = method && 'audience' in method ? method.audience : undefined;
  const federated = method ? renderMethod(method, directory) : [];
  return { lines: [...renderConfig(facts, directory), ...federated], audience };
}

/** A function of the shell: what is no host, or has no password, is no login. */
const ADD_LOGIN = `hephy_login() {
    case $1 in '' | *[!A-Za-z0-9.:/_-]*) return 0 ;; esac
    test -n "$2" && test -n "$3" || return 0
    printf '%s"%s":{"auth":"%s"}' "$comma" "$1" "$(printf '%s:%s' "$2" "$3" | base64 | tr -d '\\n')"
    comma=,
  }`;

/** The job's own logins and the one of the settings. A config that somebody put there is theirs, and stays. */
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

/** The end of a line that was pasted with a password is no part of it. */
function addAsked(asked: { host: string; username: string } | undefined): readonly string[] {
  if (asked === undefined) return [];
  const words = [authKey(asked.host), asked.username].map(quoteWord).join(' ');
  return [`hephy_login ${words} "$(printf '%s' "\${HEPHY_REGISTRY_PASSWORD-}")"`];
}

/** The helpers that kaniko has built in read the same variables as each cloud's own programs. */
function renderMethod(method: Method, directory: string): readonly string[] {
  const token = `${directory}/id-token`;
  switch (method.by) {
    case 'aws-role':
      return [
        writeToken(token, method.audience),
        // Keys would go before the role.
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
