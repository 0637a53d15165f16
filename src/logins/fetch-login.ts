import type { Credential } from '../registry/docker-config.ts';
import type { Env } from '../system/env.ts';
import type { LoginClient } from './ask.ts';
import { HephyError } from '../errors.ts';
import { assumeRole, fetchEcrLogin } from './aws.ts';
import { fetchContainerKeys, fetchInstanceKeys } from './aws-metadata.ts';
import type { EcrRegistry } from './ecr.ts';
import { fetchAzureLogin } from './azure.ts';
import type { Method } from './choose-login.ts';
import { fetchGoogleLogin } from './google.ts';
import { fetchIdToken, readTokenFile } from './id-token.ts';

export interface LoginOptions {
  readonly host: string;
  readonly platform: 'github' | 'gitlab' | 'local';
  readonly env: Env;
  readonly line: LoginClient;
  /** Called with every secret before anything can print it. */
  readonly onSecret: (secret: string) => void;
}

/** Performs the chosen login. A helper is excluded: tools run it themselves. */
export async function fetchLogin(
  method: Exclude<Method, { by: 'helper' }>,
  place: LoginOptions,
): Promise<Credential> {
  const login = await fetchBy(method, place);
  place.onSecret(login.password);
  return login;
}

async function fetchBy(method: Exclude<Method, { by: 'helper' }>, place: LoginOptions): Promise<Credential> {
  switch (method.by) {
    case 'password':
      return { username: method.username, password: method.password };
    case 'aws-keys':
      return fetchEcrLogin(method.keys, { ...place, ecr: method.ecr });
    case 'aws-role': {
      const aws = { ...place, ecr: method.ecr };
      const token = await (method.tokenFile === undefined
        ? takeToken(method.audience, place)
        : readTokenFile(method.tokenFile));
      return fetchEcrLogin(await assumeRole(method.role, token, aws), aws);
    }
    case 'aws-container': {
      const keys = await fetchContainerKeys(method.address, { ...place, signal: place.line.retries.signal });
      return fetchEcrLogin(keys, { ...place, ecr: method.ecr });
    }
    case 'aws-instance':
      return loginByInstance(method.ecr, place);
    case 'google':
      return fetchGoogleLogin(method, await takeToken(method.audience, place), place);
    case 'azure':
      return fetchAzureLogin(method, await takeToken(method.audience, place), place);
  }
}

async function loginByInstance(ecr: EcrRegistry, place: LoginOptions): Promise<Credential> {
  const keys = await fetchInstanceKeys({ ...place, signal: place.line.retries.signal });
  if (keys) return fetchEcrLogin(keys, { ...place, ecr });
  const message = `cannot log in to ${place.host}: there are no AWS keys, and no role for this job, pod or machine`;
  throw new HephyError('REGISTRY_LOGIN', message, {
    hint: 'Set aws_role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the machine a role. In a container on EC2, the hop limit of the instance metadata service must be 2.',
  });
}

async function takeToken(audience: string, place: LoginOptions): Promise<string> {
  const token = await fetchIdToken(audience, place);
  place.onSecret(token);
  return token;
}
