import type { LoginSettings } from '../domain/login.ts';
import { HephyError } from '../errors.ts';
import { type AzureCloud, findAzureCloud, isGoogleHost } from './clouds.ts';
import { type EcrRegistry, findEcr, parseEcrHost } from './ecr.ts';
import { containerAddress, mayAskInstance } from './aws-environment.ts';

export interface AwsKeys {
  readonly id: string;
  readonly secret: string;
  readonly token: string | undefined;
}

/** How to log in. Methods that use the OpenID token of the job have the audience of that token. */
export type Method =
  | { readonly by: 'password'; readonly username: string; readonly password: string }
  | {
      readonly by: 'aws-role';
      readonly ecr: EcrRegistry;
      readonly role: string;
      readonly audience: string;
      /** The file with the token, if it does not come from the CI platform. */
      readonly tokenFile?: string;
    }
  | { readonly by: 'aws-keys'; readonly ecr: EcrRegistry; readonly keys: AwsKeys }
  /** The credentials of an ECS container, or of EKS Pod Identity. */
  | { readonly by: 'aws-container'; readonly ecr: EcrRegistry; readonly address: string }
  /** The role of the EC2 instance, if it has one. */
  | { readonly by: 'aws-instance'; readonly ecr: EcrRegistry }
  | { readonly by: 'helper'; readonly name: string }
  | {
      readonly by: 'google';
      readonly provider: string;
      readonly serviceAccount: string | undefined;
      readonly audience: string;
    }
  | {
      readonly by: 'azure';
      readonly cloud: AzureCloud;
      readonly client: string;
      readonly tenant: string;
      readonly audience: string;
    };

export interface LoginFacts {
  /** The host of the registry to push to. */
  readonly host: string;
  readonly platform: 'github' | 'gitlab' | 'local';
  readonly settings: LoginSettings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The password for `settings.username`. */
  readonly password: string | undefined;
  /** `docker-credential-ecr-login` is on PATH. */
  readonly hasEcrHelper: boolean;
}

/** `asked`: set in the configuration. `found`: available on this machine, and used only if Docker's config has no login. */
export type LoginChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'asked' | 'found'; readonly method: Method }
  | { readonly kind: 'incomplete'; readonly problem: HephyError };

const NONE: LoginChoice = { kind: 'none' };

/** Which login this run needs, decided from settings and environment without any request. */
export function chooseLogin(facts: LoginFacts): LoginChoice {
  const { settings, password } = facts;
  const { username } = settings;
  if (username !== undefined && password !== undefined) {
    return { kind: 'asked', method: { by: 'password', username, password } };
  }
  // A run at a terminal has no job secrets and no job token: the user has logged in with Docker.
  const asked = facts.platform === 'local' ? NONE : chooseAsked(facts);
  return asked.kind === 'none' ? chooseFound(facts) : asked;
}

function chooseAsked(facts: LoginFacts): LoginChoice {
  if (facts.settings.username !== undefined) {
    return incomplete(
      'registry_username is set, but the password is missing or empty',
      'Give the password as a secret: the input registry-password on GitHub, the variable HEPHY_REGISTRY_PASSWORD elsewhere. ' +
        'Pull requests from forks get no secrets, and protected variables exist only on protected branches.',
    );
  }
  if (facts.password === undefined) return chooseFederated(facts);
  return incomplete(
    'a registry password is set, but the user name is missing',
    'Set registry_username, or HEPHY_REGISTRY_USERNAME.',
  );
}

/** The login with the OpenID token of the job, as set. Only registries of the cloud in question get a token. */
export function chooseFederated({
  host,
  settings,
  env,
}: Pick<LoginFacts, 'host' | 'settings' | 'env'>): LoginChoice {
  const ecr = findEcr(host, env);
  if (ecr && settings.awsRole !== undefined) {
    const audience = settings.audience ?? 'sts.amazonaws.com';
    return { kind: 'asked', method: { by: 'aws-role', ecr, role: settings.awsRole, audience } };
  }
  if (isGoogleHost(host) && settings.googleProvider !== undefined) return chooseGoogle(settings);
  const cloud = findAzureCloud(host);
  return cloud ? chooseAzure(cloud, settings) : NONE;
}

function chooseGoogle(settings: LoginSettings): LoginChoice {
  const provider = (settings.googleProvider ?? '').replace(/^(?:https:)?\/\/iam\.googleapis\.com\//, '');
  const { googleServiceAccount: serviceAccount } = settings;
  const audience = settings.audience ?? `https://iam.googleapis.com/${provider}`;
  return { kind: 'asked', method: { by: 'google', provider, serviceAccount, audience } };
}

function chooseAzure(cloud: AzureCloud, settings: LoginSettings): LoginChoice {
  const { azureClient: client, azureTenant: tenant } = settings;
  if (client === undefined && tenant === undefined) return NONE;
  if (client === undefined || tenant === undefined) {
    const missing = client === undefined ? 'azure_client' : 'azure_tenant';
    return incomplete(
      `${client === undefined ? 'azure_tenant' : 'azure_client'} is set, but ${missing} is missing`,
      'A login with Azure requires both: azure_client is the ID of the application or managed identity, azure_tenant the ID of its directory.',
    );
  }
  const audience = settings.audience ?? cloud.audience;
  return { kind: 'asked', method: { by: 'azure', cloud, client, tenant, audience } };
}

/** Credentials for AWS that the runner has. Amazon's own programs search in the same order. */
function chooseFound(facts: LoginFacts): LoginChoice {
  const ecr = findEcr(facts.host, facts.env);
  if (!ecr) return NONE;
  const method = findKeys(ecr, facts) ?? findRole(ecr, facts) ?? findService(ecr, facts);
  return method === undefined ? NONE : { kind: 'found', method };
}

function findKeys(ecr: EcrRegistry, { env }: LoginFacts): Method | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  return id && secret ? { by: 'aws-keys', ecr, keys: { id, secret, token: token || undefined } } : undefined;
}

function findRole(ecr: EcrRegistry, { env }: LoginFacts): Method | undefined {
  const { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile } = env;
  return role && tokenFile
    ? { by: 'aws-role', ecr, role, audience: 'sts.amazonaws.com', tokenFile }
    : undefined;
}

/** The credentials of the container, else the credential helper, else the role of the machine. */
function findService(ecr: EcrRegistry, { host, env, hasEcrHelper }: LoginFacts): Method | undefined {
  const address = containerAddress(env);
  if (address !== undefined) return { by: 'aws-container', ecr, address };
  if (hasEcrHelper) return { by: 'helper', name: 'ecr-login' };
  const asks = parseEcrHost(host) !== undefined || Boolean(env['AWS_EC2_METADATA_SERVICE_ENDPOINT']);
  return asks && mayAskInstance(env) ? { by: 'aws-instance', ecr } : undefined;
}

function incomplete(message: string, hint: string): LoginChoice {
  return { kind: 'incomplete', problem: new HephyError('REGISTRY_LOGIN', message, { hint }) };
}
