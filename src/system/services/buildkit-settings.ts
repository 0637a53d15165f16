import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Env } from '../env.ts';
import { pinOf } from '../tools/tool-pins.ts';

/** Image and network settings of a builder that is started on this machine. */
export interface BuilderSettings {
  /** Undefined: the image that this version was tested with. */
  readonly image: string | undefined;
  /** Hosts besides loopback that are used without TLS. */
  readonly insecureRegistries: readonly string[];
  /** Host and path of mirrors of Docker Hub. */
  readonly registryMirrors: readonly string[];
}

/** The container of a builder. */
export interface BuilderPlan {
  readonly name: string;
  readonly image: string;
  /** Path below /etc → content. */
  readonly files: Readonly<Record<string, string>>;
  /** Names of variables to pass on. Without values, because the address of a proxy may contain a password. */
  readonly variables: readonly string[];
}

const VERSION = pinOf('buildctl')?.version ?? '';

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);

/**
 * Version and settings are part of the name, so that runs with the same settings share a builder, and no run replaces a
 * builder that another run uses.
 */
export async function planBuilder(settings: BuilderSettings, env: Env): Promise<BuilderPlan> {
  const image = builderImage(settings.image);
  const toml = renderToml(settings);
  const files = { ...(toml !== '' && { 'buildkit/buildkitd.toml': toml }), ...(await readCertificates(env)) };
  const variables = PROXIES.filter((name) => (env[name] ?? '') !== '');
  const told = JSON.stringify([settings.image, files, variables.map((name) => [name, env[name]])]);
  const isPlain = told === JSON.stringify([undefined, {}, []]);
  const hash = createHash('sha256').update(told).digest('hex').slice(0, 8);
  return { name: `hephy-buildkitd-${VERSION}${isPlain ? '' : `-${hash}`}`, image, files, variables };
}

/** https://docs.docker.com/build/buildkit/toml-configuration/ */
function renderToml({ insecureRegistries, registryMirrors }: BuilderSettings): string {
  const sections = [...insecureRegistries].sort().map((host) => `[registry.${quote(host)}]\n  http = true\n`);
  const mirrors = registryMirrors.map(quote).join(', ');
  if (mirrors !== '') sections.push(`[registry."docker.io"]\n  mirrors = [${mirrors}]\n`);
  return sections.join('\n');
}

/** A JSON string is a valid TOML string. */
function quote(text: string): string {
  return JSON.stringify(text);
}

/** Certificates to add to those of the image. Like Node and Go, ignores files that do not exist. */
async function readCertificates(env: Env): Promise<Readonly<Record<string, string>>> {
  const paths = [...new Set([env['SSL_CERT_FILE'], env['NODE_EXTRA_CA_CERTS']])];
  const named = paths.filter((path) => path !== undefined).filter(isAbsolute);
  const contents = await Promise.all(named.map((path) => readFile(path, 'utf8').catch(() => '')));
  const found = contents.filter((content) => content !== '');
  return Object.fromEntries(found.map((content, index) => [`ssl/certs/hephy-${index + 1}.pem`, content]));
}

/** The image of the builder, by default the tested version. */
export function builderImage(image: string | undefined): string {
  return image ?? `moby/buildkit:v${VERSION}`;
}

/** The rootless image, for jobs that are not privileged. */
export function rootlessImage(image: string | undefined): string {
  return image ?? `moby/buildkit:v${VERSION}-rootless`;
}
