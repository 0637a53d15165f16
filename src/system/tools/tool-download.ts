import { chmod, lstat, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HephyError } from '../../errors.ts';
import { download } from '../http/download.ts';
import type { Env } from '../env.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { createHttp } from '../http/http.ts';
import { installOnce, type InstallContext } from './install-once.ts';
import { withToolCache } from './runner-cache.ts';
import { pinOf, type Pin, type Release, type PinnedTool } from './tool-pins.ts';

const GITHUB = 'https://github.com';
const MACHINES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** The platform as in tools.json: `linux-amd64`. */
export function releasePlatform(): string {
  return `${process.platform}-${MACHINES[process.arch] ?? process.arch}`;
}

/** Only releases with a pinned checksum are downloaded; none with `HEPHY_TOOL_MIRROR=off`. */
export function isDownloadable({ release }: Pin, env: Env): boolean {
  return release?.assets[releasePlatform()] !== undefined && env['HEPHY_TOOL_MIRROR'] !== 'off';
}

/** Installs a release into the cache. The checksum is pinned: a checksum from the same server would prove nothing. */
export function installRelease(tool: PinnedTool, context: InstallContext): Promise<string> {
  const { name, pin } = tool;
  const url = releaseUrl(tool, context.env);
  return installOnce(tool, context, {
    announcement: `downloading ${name} ${pin.version} from ${url.host}`,
    origin: `downloaded from ${url.host}`,
    produce: (directory) => unpackRelease(tool, { url, directory, context }),
  });
}

interface Asset {
  readonly release: Release;
  readonly path: string;
  readonly sha256: string;
}

function assetOf({ name, pin }: PinnedTool): Asset {
  const { release, version } = pin;
  const asset = release?.assets[releasePlatform()];
  if (!release || !asset) throw failed(name, `there is no release for ${releasePlatform()}`);
  const path = release.path.replaceAll('{version}', version).replaceAll('{asset}', asset.name);
  return { release, path, sha256: asset.sha256 };
}

/** A mirror has the same paths as GitHub and go.dev, below its own address. */
function releaseUrl(tool: PinnedTool, env: Env): URL {
  const { path, release } = assetOf(tool);
  const base = env['HEPHY_TOOL_MIRROR'] || (release.host ?? GITHUB);
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    throw new HephyError('USAGE', 'HEPHY_TOOL_MIRROR is not a valid address', {
      hint: 'Set it to the address that replaces https://github.com, or to off to disable downloads.',
    });
  }
  return new URL(`${base.replace(/\/+$/, '')}/${path}`);
}

interface Unpacking {
  readonly url: URL;
  readonly directory: string;
  readonly context: InstallContext;
}

async function unpackRelease(tool: PinnedTool, { url, directory, context }: Unpacking): Promise<void> {
  const { release, sha256 } = assetOf(tool);
  const work = await mkdtemp(join(directory, '.download-'));
  const archive = join(work, 'archive.tar.gz');
  const got = await fetchArchive(tool.name, { url, into: archive, context });
  if (got !== sha256) throw wrongChecksum(tool, { url, got, expected: sha256 });
  await unpack(tool.name, { archive, release, work, context });
  const program = join(work, release.member);
  await requireMachine(tool.name, program);
  await chmod(program, 0o755);
  await rm(archive);
  const tree = join(work, release.member.split('/')[0] ?? '');
  await (release.whole ? moveAll(tree, directory) : rename(program, join(directory, tool.name)));
  await rm(work, { recursive: true });
}

async function moveAll(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) await rename(join(from, name), join(to, name));
}

interface Fetching {
  readonly url: URL;
  readonly into: string;
  readonly context: InstallContext;
}

async function fetchArchive(name: string, { url, into, context }: Fetching): Promise<string> {
  const http = createHttp(context.env);
  try {
    return await download({ http, url, into, signal: context.signal });
  } catch (cause) {
    if (!(cause instanceof HttpFailure)) throw cause;
    throw failed(name, cause.message, cause);
  } finally {
    http.close();
  }
}

interface Archive {
  readonly archive: string;
  readonly release: Release;
  readonly work: string;
  readonly context: InstallContext;
}

/** Extracts only the program, unless the tool needs its whole tree. Files belong to the user that unpacks them. */
async function unpack(name: string, { archive, release, work, context }: Archive): Promise<void> {
  const { env, signal } = context;
  const { whole, member } = release;
  const flags = ['-xzo', ...(whole ? [] : ['-C', work, member])];
  const failure = await withToolCache(env, (tools) => tools.extractTar(archive, work, flags)).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (signal?.aborted) throw new HephyError('CANCELLED', `interrupted while unpacking ${name}`);
  if (failure === undefined && (await isFile(join(work, member)))) return;
  throw failed(name, `tar cannot unpack ${member} from its archive`, failure);
}

async function isFile(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isFile() ?? false;
}

/** e_machine of the ELF header, https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html. */
const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 0x3e, arm64: 0xb7, arm: 0x28 };

/** Detects a pin with a file for another platform, which would fail with "exec format error" during a build. */
async function requireMachine(name: string, program: string): Promise<void> {
  const file = await open(program);
  const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0).finally(() => file.close());
  const expected = ELF_MACHINES[process.arch];
  if (buffer.readUInt32BE(0) !== 0x7f454c46 || expected === undefined) return;
  if (buffer.readUInt16LE(18) !== expected)
    throw failed(name, `it is not a program for ${releasePlatform()}`);
}

interface Mismatch {
  readonly url: URL;
  readonly got: string;
  readonly expected: string;
}

function wrongChecksum({ name, pin }: PinnedTool, { url, got, expected }: Mismatch): HephyError {
  const message = `${name} ${pin.version} from ${url.host} has the checksum ${got}, but ${expected} is pinned`;
  return new HephyError('TOOL_CHECKSUM', message, {
    hint: 'The download is truncated, or somebody changed it: do not use it. If it comes from a mirror, the mirror may have to fetch it again.',
  });
}

function failed(name: string, why: string, cause?: unknown): HephyError {
  return new HephyError('TOOL_DOWNLOAD', `could not download ${name}: ${why}`, {
    cause,
    hint: `Put ${name} on PATH, or set HEPHY_TOOL_MIRROR to a mirror of ${pinOf(name)?.release?.host ?? GITHUB}.`,
  });
}
