import { z } from 'zod';
import { HephyError } from '../errors.ts';
import { askRepeatedly } from '../registry/attempt.ts';
import { mayBePlain, refusePlain } from '../registry/endpoint.ts';
import { isTransientStatus } from '../registry/failures.ts';
import { parseAs } from '../registry/schema.ts';
import type { Http, HttpResponse } from '../system/http/http.ts';
import type { RetryOptions } from '../system/http/retry.ts';

/** How login services are reached: the HTTP client, and how often a request is repeated. */
export interface LoginClient {
  readonly http: Http;
  readonly retries: RetryOptions;
}

export interface LoginServiceRequest {
  /** The name of the service in errors: `AWS STS`. */
  readonly who: string;
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * Repeats the request until the service gives a final response, of whatever status. Requires TLS, because requests carry
 * tokens.
 */
export async function ask(
  { who, method, url, headers, body }: LoginServiceRequest,
  line: LoginClient,
): Promise<HttpResponse> {
  const address = requireSecure(who, url);
  const { http, retries } = line;
  return askRepeatedly(
    {
      subject: { host: address.host, action: 'get a login', writes: false, who },
      accepts: (status) => !isTransientStatus(status),
      ask: () =>
        http.send({
          method,
          url: address,
          headers: { accept: 'application/json', ...headers },
          body: body === undefined ? undefined : Buffer.from(body),
          signal: retries.signal,
        }),
    },
    retries,
  );
}

/** Only addresses on loopback may use plain HTTP. */
export function requireSecure(who: string, url: string): URL {
  if (!URL.canParse(url))
    throw refuse(who, 'its address is not valid', 'Check the variables that set endpoint addresses.');
  const address = new URL(url);
  if (address.protocol !== 'https:' && !mayBePlain(address, [])) throw refusePlain(address);
  return address;
}

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const JSON_BODY = { 'content-type': 'application/json' };

/** For hints. GitLab creates the token before the job starts, so its audience is set in a variable. */
export const NAME_AUDIENCE =
  'Set the audience of the token with id_token_audience; on GitLab, with the variable HEPHY_ID_TOKEN_AUDIENCE.';

/** The fields of an error response, by the names that the clouds use. */
const ErrorBody = z.object({
  __type: z.string().optional(),
  message: z.string().optional(),
  Message: z.string().optional(),
  error: z
    .union([z.string(), z.object({ status: z.string().catch(''), message: z.string().catch('') })])
    .optional(),
  error_description: z.string().optional(),
  errors: z.array(z.object({ code: z.string().catch(''), message: z.string().catch('') })).optional(),
});

/** The status and the error text of a response, on one line and shortened, because the text is not ours. */
export function readErrorText({ status, body }: HttpResponse): string {
  const parsed = parseAs(ErrorBody, body);
  const words = parsed ? readJsonError(parsed) : readXmlError(body.toString('utf8'));
  return `${status} ${onOneLine(words.join(' '))}`.trim();
}

export function onOneLine(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

function readJsonError(found: z.infer<typeof ErrorBody>): readonly string[] {
  const { error } = found;
  const named = typeof error === 'object' ? [error.status, error.message] : [error];
  const listed = (found.errors ?? []).flatMap(({ code, message }) => [code, message]);
  const type = found.__type?.replace(/^.*#/, '');
  return [type, ...named, found.error_description, found.message, found.Message, ...listed].flatMap(
    (word) => word ?? [],
  );
}

/** Amazon's older services answer in XML. */
function readXmlError(text: string): readonly string[] {
  return ['Code', 'Message'].flatMap(
    (name) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? [],
  );
}

export function refuse(who: string, said: string, hint: string): HephyError {
  return new HephyError('REGISTRY_LOGIN', `${who} returned no login: ${said}`, { hint });
}
