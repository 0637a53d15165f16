import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { ko } from '../../src/backends/ko/ko.ts';
import type { KoOptions } from '../../src/backends/ko/options.ts';
import type { Leg } from '../../src/domain/image.ts';
import type { BuildResult, ExecOutcome } from '../../src/domain/invocation.ts';
import { loadCredentials } from '../../src/registry/credentials.ts';
import { pushImage } from './push-image.ts';
import { parseRepository } from '../../src/registry/reference.ts';
import { openRegistries } from '../../src/registry/repository.ts';
import type { ImagePlatform } from '../../src/registry/schema.ts';
import type { Env } from '../../src/system/env.ts';
import { createHttp } from '../../src/system/http/http.ts';
import { runInvocation } from '../../src/system/process/run-invocation.ts';
import { findTool } from '../../src/system/tools/tools.ts';

/** The user's own, so that Go's build cache is warm; none of its settings of ko or Go. */
export const BUILD_ENV = {
  PATH: `${process.env['PATH'] ?? ''}:/usr/local/go/bin`,
  HOME: process.env['HOME'],
  GOTOOLCHAIN: 'local',
};

export interface Built {
  readonly outcome: ExecOutcome;
  readonly digest: string;
}

/** Runs ko as a leg of a run does. */
export async function runKo(leg: Leg<KoOptions>, env: object = BUILD_ENV): Promise<ExecOutcome> {
  await mkdir(leg.scratch, { recursive: true });
  const { path } = await findTool('ko', { env: BUILD_ENV });
  const context = {
    toolPath: path,
    env: { ...env },
    resultFiles: ko.resultFiles(leg),
    redact: (line: string) => line,
  };
  return runInvocation(ko.invocation(leg), context);
}

export async function build(leg: Leg<KoOptions>, env?: object): Promise<Built> {
  const outcome = await runKo(leg, env);
  if (outcome.exitCode !== 0) throw new Error(outcome.output);
  const result: BuildResult | Error = ko.readResult(leg, outcome);
  if (result instanceof Error) throw result;
  return { outcome, digest: result.digest ?? '' };
}

/** A base that needs no network: one small layer, for each platform. */
export async function pushBase(
  repository: string,
  platforms: readonly ImagePlatform[],
  { env = {}, user = 'nonroot' }: { readonly env?: Env; readonly user?: string } = {},
): Promise<void> {
  const http = createHttp(env);
  const registries = openRegistries({ http, credentials: loadCredentials({ env: {} }) });
  const layers = [[{ path: 'etc/passwd', content: Buffer.from(`${user}:x:65532:65532::/:/sbin/nologin\n`) }]];
  const images = platforms.map((platform) => ({ platform, layers }));
  await pushImage(registries.repository(parseRepository(repository), 'push'), images, ['latest']);
  http.close();
}

export interface Pulled {
  readonly digest: string;
  readonly manifest: {
    readonly annotations?: Record<string, string>;
    readonly layers: readonly { readonly digest: string }[];
    readonly config: { readonly digest: string };
  };
  readonly config: {
    readonly os: string;
    readonly architecture: string;
    readonly created: string;
    readonly config: { readonly Labels?: Record<string, string>; readonly Entrypoint: readonly string[] };
  };
}

/** By plain requests, so that what is checked is what anybody would get. */
export async function pull(repository: string, reference: string): Promise<Pulled> {
  const [host, ...path] = repository.split('/');
  const base = `http://${host}/v2/${path.join('/')}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const response = await fetch(`${base}/manifests/${reference}`, { headers: { accept } });
  if (!response.ok) throw new Error(`${repository}:${reference}: ${response.status}`);
  const manifest = (await response.json()) as Pulled['manifest'];
  const blob = await fetch(`${base}/blobs/${manifest.config.digest}`);
  const config = (await blob.json()) as Pulled['config'];
  return { digest: response.headers.get('docker-content-digest') ?? '', manifest, config };
}

/** Takes the program out of the topmost layer. */
export async function saveProgram(repository: string, image: Pulled, directory: string): Promise<string> {
  const [host, ...path] = repository.split('/');
  const top = image.manifest.layers.at(-1)?.digest ?? '';
  const response = await fetch(`http://${host}/v2/${path.join('/')}/blobs/${top}`);
  const tar = gunzipSync(Buffer.from(await response.arrayBuffer()));
  await mkdir(directory, { recursive: true });
  const unpacking = promisify(execFile)('tar', ['-x', '-f', '-', '-C', directory]);
  unpacking.child.stdin?.end(tar);
  await unpacking;
  return join(directory, image.config.config.Entrypoint[0] ?? '');
}
