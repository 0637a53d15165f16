import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestCertificate } from './certificate.ts';
import { createGitRepo } from './git-repo.ts';
import { listen, type Loopback } from './loopback.ts';

const MODULE = 'example.com/greeting';
const VERSION = 'v1.0.0';
const GO_MOD = `module ${MODULE}\n\ngo 1.22\n`;

/** A Go program that needs it. */
export const GREETING = {
  require: `require ${MODULE} ${VERSION}\n`,
  main: `package main\n\nimport "${MODULE}"\n\nfunc main() { println(greeting.Text) }\n`,
} as const;

/** A Go module proxy with one module in it: https://go.dev/ref/mod#goproxy-protocol */
export async function startModuleProxy(certificate?: TestCertificate): Promise<Loopback> {
  const files = await makeModule();
  return listen((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file === undefined ? 404 : 200).end(file ?? 'not found');
  }, certificate);
}

async function makeModule(): Promise<Readonly<Record<string, string | Buffer>>> {
  const repo = await createGitRepo({
    'go.mod': GO_MOD,
    'greeting.go': 'package greeting\n\nconst Text = "hello"\n',
  });
  const args = ['archive', '--format=zip', `--prefix=${MODULE}@${VERSION}/`, 'HEAD', 'go.mod', 'greeting.go'];
  const zip = await promisify(execFile)('git', args, { cwd: repo.dir, encoding: 'buffer' });
  const base = `/${MODULE}/@v`;
  return {
    [`${base}/list`]: `${VERSION}\n`,
    [`${base}/${VERSION}.info`]: JSON.stringify({ Version: VERSION, Time: '2026-11-20T12:00:00Z' }),
    [`${base}/${VERSION}.mod`]: GO_MOD,
    [`${base}/${VERSION}.zip`]: zip.stdout,
  };
}
