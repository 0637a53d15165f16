import { errorCode, errorMessage } from '../error-code.ts';

export type FailureReason =
  | 'refused'
  | 'unresolved'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'certificate'
  | 'not-tls'
  | 'handshake'
  | 'not-http'
  | 'too-large'
  | 'proxy';

/** A request that got no usable response. The caller knows what this means for the user. */
export class HttpFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'HttpFailure';
    this.reason = reason;
  }
}

const REASONS: Readonly<Record<string, FailureReason>> = {
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  EPROTO: 'handshake',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
};

/** OpenSSL's errors for a response in plain HTTP. */
const PLAIN_ANSWER = /wrong.version.number|packet.length.too.long/i;

const PREFIXES: readonly (readonly [string, FailureReason])[] = [
  ['CERT_', 'certificate'],
  ['ERR_SSL_', 'handshake'],
  ['HPE_', 'not-http'],
];

const WORDS: Readonly<Record<FailureReason, string>> = {
  refused: 'refused the connection',
  unresolved: 'cannot be resolved: the host name is unknown',
  unreachable: 'cannot be reached',
  reset: 'closed the connection before the response was complete',
  timeout: 'took too long',
  certificate: 'has a certificate that is not trusted here',
  'not-tls': 'uses plain HTTP, not TLS',
  handshake: 'could not agree on a TLS connection',
  'not-http': 'sent an invalid HTTP response',
  'too-large': 'sent more data than expected',
  proxy: 'is behind a proxy that cannot be used',
};

/** Converts Node's network error codes to an HttpFailure. Returns other errors, such as a full disk, unchanged. */
export function describeFailure(error: unknown, url: URL): unknown {
  const code = errorCode(error) ?? '';
  const reason = isPlainAnswer(error) ? 'not-tls' : reasonOf(code);
  if (reason !== undefined)
    return new HttpFailure(reason, `${url.host} ${WORDS[reason]} (${code}${where(error)})`, error);
  // Errors of the proxy tunnel have no code.
  if (!/CONNECT response|^Proxy /.test(errorMessage(error))) return error;
  return new HttpFailure('unreachable', `the proxy refused to open a tunnel to ${url.host}`, error);
}

/** The address of the connection: with a proxy, this is not the requested host. */
function where(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('address' in error) || !('port' in error)) return '';
  return ` ${String(error.address)}:${String(error.port)}`;
}

function reasonOf(code: string): FailureReason | undefined {
  return REASONS[code] ?? PREFIXES.find(([prefix]) => code.startsWith(prefix))?.[1];
}

function isPlainAnswer(error: unknown): boolean {
  return PLAIN_ANSWER.test(`${errorCode(error) ?? ''} ${errorMessage(error)}`);
}
