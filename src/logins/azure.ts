import { z } from 'zod';
import type { Credential } from '../registry/docker-config.ts';
import { mayBePlain } from '../registry/endpoint.ts';
import { parseAs } from '../registry/schema.ts';
import type { Env } from '../system/env.ts';
import { ask, FORM, type LoginClient, NAME_AUDIENCE, readErrorText, refuse } from './ask.ts';
import type { AzureCloud } from './clouds.ts';

export interface AzureIdentity {
  readonly cloud: AzureCloud;
  readonly client: string;
  readonly tenant: string;
}

export interface AzureLoginOptions {
  /** The host of the registry. */
  readonly host: string;
  readonly env: Env;
  readonly line: LoginClient;
  readonly onSecret: (secret: string) => void;
}

/** The user name that Azure Container Registry expects with a token. */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

const Access = z.object({ access_token: z.string().min(1) });
const Refresh = z.object({ refresh_token: z.string().min(1) });

/** https://azure.github.io/acr/AAD-OAuth.html */
export async function fetchAzureLogin(
  identity: AzureIdentity,
  idToken: string,
  place: AzureLoginOptions,
): Promise<Credential> {
  const { host, line } = place;
  const access = await fetchAccess(identity, idToken, place);
  place.onSecret(access);
  const form = { grant_type: 'access_token', service: host, tenant: identity.tenant, access_token: access };
  const scheme = mayBePlain(new URL(`http://${host}`), []) ? 'http' : 'https';
  const url = `${scheme}://${host}/oauth2/exchange`;
  const response = await ask(post('The registry', url, form), line);
  const token = response.status === 200 ? parseAs(Refresh, response.body)?.refresh_token : undefined;
  if (token !== undefined) return { username: TOKEN_USER, password: token };
  throw refuse(
    'The registry',
    readErrorText(response),
    'Give the identity the role AcrPush on this registry.',
  );
}

/** https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow#third-case-access-token-request-with-a-federated-credential */
async function fetchAccess(
  identity: AzureIdentity,
  idToken: string,
  place: AzureLoginOptions,
): Promise<string> {
  const { cloud, client, tenant } = identity;
  const authority = (place.env['AZURE_AUTHORITY_HOST'] || cloud.authority).replace(/\/+$/, '');
  const url = `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  const form = {
    grant_type: 'client_credentials',
    client_id: client,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: idToken,
    scope: cloud.scope,
  };
  const response = await ask(post('Azure', url, form), place.line);
  const token = response.status === 200 ? parseAs(Access, response.body)?.access_token : undefined;
  if (token !== undefined) return token;
  const said = readErrorText(response);
  throw refuse('Azure', said, hintForAccess(said, cloud));
}

function post(who: string, url: string, form: Readonly<Record<string, string>>) {
  return { who, method: 'POST' as const, url, headers: FORM, body: new URLSearchParams(form).toString() };
}

/** https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
function hintForAccess(said: string, { audience }: AzureCloud): string {
  if (/AADSTS700212|audience/i.test(said)) {
    return `The audience of the federated credential does not match the audience of the token. Usually both are ${audience}. ${NAME_AUDIENCE}`;
  }
  if (/AADSTS70021|AADSTS700213|subject/i.test(said)) {
    return 'Add a federated credential for the issuer and the subject of this job to the application. Each branch and environment has a subject of its own.';
  }
  if (/AADSTS700024|expired/i.test(said)) return 'The token of this job has expired: run the job again.';
  return 'Check azure_client and azure_tenant.';
}
