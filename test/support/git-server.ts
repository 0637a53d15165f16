import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { makeCertificate, type TestCertificate } from './certificate.ts';
import { TEST_GIT_ENV } from './git-repo.ts';
import { listen } from './loopback.ts';

export interface GitServer {
  /** `https://127.0.0.1:41234`; a repository is below it by its path on this machine. */
  readonly url: string;
  readonly host: string;
  readonly certificate: string;
  /** What was asked for, with the login that came along: `git-upload-pack ada:secret`. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

export interface GitServerOptions {
  /** `user:password`; without it everybody may read. */
  readonly login?: string;
  readonly certificate?: TestCertificate;
  /** Answers first; true: the request has its answer. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

/** git's own server program behind TLS on loopback: https://git-scm.com/docs/git-http-backend. */
export async function startGitServer(root: string, options: GitServerOptions = {}): Promise<GitServer> {
  const { certificate = makeCertificate() } = options;
  const requests: string[] = [];
  const server = await listen((request, response) => {
    const login = readLogin(request);
    requests.push(`${request.url?.split('/').at(-1) ?? ''} ${login}`.trim());
    if (options.before?.(request, response)) return;
    if (options.login !== undefined && login !== options.login) refuse(response);
    else runBackend(root, request, response);
  }, certificate);
  return {
    url: `https://${server.host}`,
    host: server.host,
    certificate: certificate.cert,
    requests,
    stop: server.stop,
  };
}

function readLogin({ headers }: IncomingMessage): string {
  return Buffer.from(/^Basic (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '', 'base64').toString();
}

function refuse(response: ServerResponse): void {
  response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you?');
}

/** CGI as far as git needs it: headers, an empty line, the body. */
function runBackend(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://x');
  const child = spawn('git', ['-c', 'uploadpack.allowFilter=true', 'http-backend'], {
    env: {
      ...TEST_GIT_ENV,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdout.on('end', () => answer(Buffer.concat(chunks), response));
}

function answer(out: Buffer, response: ServerResponse): void {
  const end = out.indexOf('\r\n\r\n');
  const headers = new Map(
    out
      .toString('latin1', 0, end)
      .split('\r\n')
      .map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
  );
  const status = Number(headers.get('status')?.split(' ')[0] ?? 200);
  headers.delete('status');
  response.writeHead(status, Object.fromEntries(headers)).end(out.subarray(end + 4));
}
