import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import type { ContainerAccess } from '../domain/image.ts';
import type { Credentials } from '../registry/credentials.ts';
import { renderLogins } from '../registry/login-file.ts';
import { parseRepository } from '../registry/reference.ts';
import type { Env } from '../system/env.ts';

export interface ContainerOptions {
  readonly settings: Settings;
  readonly env: Env;
  readonly credentials: Credentials;
  /** `host/path` that is pushed to. */
  readonly registry: string;
}

/** The files and settings of this machine for a tool in a container. Logins are only in the leg's scratch directory. */
export async function makeContainerSite(place: ContainerOptions, scratch: string): Promise<ContainerAccess> {
  const { settings, env, credentials, registry } = place;
  const logins = await renderLogins(credentials, parseRepository(registry).host);
  return {
    image: settings.kanikoImage ?? null,
    loginFile: logins === undefined ? null : await writeLogins(join(scratch, 'logins.json'), logins),
    caFiles: await listFiles([env['SSL_CERT_FILE'], env['NODE_EXTRA_CA_CERTS']]),
    mirrors: settings.registryMirrors,
    insecureRegistries: settings.insecureRegistries,
  };
}

async function writeLogins(path: string, content: string): Promise<string> {
  await writeFile(path, content, { mode: 0o600 });
  return path;
}

/** Ignores missing files, like Node and Go. */
async function listFiles(paths: readonly (string | undefined)[]): Promise<readonly string[]> {
  const files = await Promise.all(
    [...new Set(paths)].map(async (path) => {
      const found = path?.startsWith('/') ? await stat(path).catch(() => undefined) : undefined;
      return path !== undefined && found?.isFile() ? [path] : [];
    }),
  );
  return files.flat();
}
