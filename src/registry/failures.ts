import { HephyError } from '../errors.ts';
import type { HttpFailure } from '../system/http/http-failure.ts';
import type { HttpResponse } from '../system/http/http.ts';
import { parseAs, RegistryErrors } from './schema.ts';

/** What was requested, for errors: `read 127.0.0.1:5000/shop:api-1`. */
export interface Subject {
  readonly host: string;
  readonly action: string;
  readonly writes: boolean;
  /** The name of the service, if it is not a registry. */
  readonly who?: string;
  /** The hint for a refused login. Default: the general hint. */
  readonly loginHint?: string | undefined;
}

const SERVER_TROUBLE = new Set([408, 425, 429, 500, 502, 503, 504, 507, 520, 521, 522, 523, 524, 529]);
/** ECR responds with 400 TAG_INVALID or ImageTagAlreadyExistsException, Harbor with 412, others with 403 or 409. */
const IMMUTABLE = /immutable|ImageTagAlreadyExists|cannot be overwritten/i;
const REPEATABLE = new Set(['refused', 'unreachable', 'reset', 'timeout', 'not-http']);

export function isTransientStatus(status: number): boolean {
  return SERVER_TROUBLE.has(status);
}

export function isTransientFailure(failure: HttpFailure): boolean {
  return REPEATABLE.has(failure.reason);
}

export function hintToLogIn(host: string): string {
  return `Log in with an account that may do this: docker login ${host}`;
}

export function explainStatus(response: HttpResponse, subject: Subject): HephyError {
  const { status } = response;
  const said = readErrors(response.body);
  const message = `cannot ${subject.action}: ${subject.who ?? 'the registry'} answered ${status}${said === '' ? '' : ` ${said}`}`;
  if (subject.writes && status >= 400 && status < 500 && IMMUTABLE.test(said)) {
    return new HephyError('REGISTRY_IMMUTABLE', message, {
      hint: 'The registry does not allow this tag to be moved. Choose another tag, or allow the registry to overwrite tags.',
    });
  }
  return explainPlainly(status, message, subject);
}

function explainPlainly(status: number, message: string, subject: Subject): HephyError {
  const { host, writes, loginHint } = subject;
  if (status === 401) {
    return new HephyError('REGISTRY_AUTH', message, { hint: loginHint ?? hintToLogIn(host) });
  }
  if (status === 403) {
    const lacks = `The login for ${host} lacks the permission${writes ? ' to push here' : ''}, or the repository does not exist.`;
    return new HephyError('REGISTRY_AUTH', message, {
      hint: loginHint === undefined ? lacks : `${lacks} ${loginHint}`,
    });
  }
  if (status === 404) {
    return new HephyError('REGISTRY_NOT_FOUND', message, {
      hint: writes
        ? 'Create the repository first: this registry does not create repositories on push.'
        : 'Check the name and the tag.',
    });
  }
  return explainTrouble(status, message, writes);
}

function explainTrouble(status: number, message: string, writes: boolean): HephyError {
  if (status === 407) {
    return new HephyError('REGISTRY_UNAVAILABLE', message, {
      hint: 'The proxy requires a login: put it in HTTPS_PROXY, or add the registry to NO_PROXY.',
    });
  }
  if (isTransientStatus(status) || !writes) {
    return new HephyError('REGISTRY_UNAVAILABLE', message, {
      hint:
        status === 429
          ? 'The registry limits requests: wait, or log in for a higher limit.'
          : 'Try again later.',
    });
  }
  return new HephyError('REGISTRY_REJECTED', message, {
    hint: 'The message contains the reason of the registry; the log of the registry may contain more.',
  });
}

const FAILURE_HINTS: Readonly<Record<HttpFailure['reason'], string>> = {
  refused: 'Nothing listens at this address: check the host, the port, and that the registry is running.',
  unresolved: 'Check the spelling of the host, and the DNS of this machine.',
  unreachable: 'Check the network, and HTTPS_PROXY and NO_PROXY.',
  reset: 'Try again. If the error persists, check proxies between this machine and the registry.',
  timeout: 'Try again. If the error persists, check the load of the registry and of the network.',
  certificate: 'Set NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to the file of your certificate authority.',
  'not-tls': 'If the registry uses plain HTTP, add its host to insecure_registries.',
  handshake: 'Check that the registry and this machine support a common TLS version.',
  'not-http': 'Check that the host and port belong to a registry.',
  'too-large': 'Check that the host and port belong to a registry.',
  proxy: 'Correct HTTPS_PROXY or HTTP_PROXY, or add the registry to NO_PROXY.',
};

export function explainFailure(failure: HttpFailure, subject: Subject): HephyError {
  const plainOnly = failure.reason === 'not-tls';
  return new HephyError(
    plainOnly ? 'REGISTRY_INSECURE' : 'REGISTRY_UNAVAILABLE',
    `cannot ${subject.action}: ${failure.message}`,
    { cause: failure, hint: FAILURE_HINTS[failure.reason] },
  );
}

/** The registry's error text, on one line and shortened, because the text is not ours. */
function readErrors(body: Uint8Array): string {
  const parsed = parseAs(RegistryErrors, body);
  const words = parsed?.errors.map(({ code, message }) => `${code} ${message}`.trim()).join('; ') ?? '';
  const line = words.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
