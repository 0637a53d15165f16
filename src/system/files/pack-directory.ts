import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { lstat, readdir, readlink, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { HephyError } from '../../errors.ts';
import { TAR_END, tarHeader, tarPadding } from './tar-header.ts';

export interface Packing {
  /** Its contents are packed; its own name is not part of the archive. */
  readonly directory: string;
  readonly file: string;
  /** The time of all entries, in seconds. */
  readonly time: number;
}

const SLASH = Buffer.from('/');
const GIT = '.git';
/** The largest size that fits into the octal field of the header. */
const MAX_SIZE = 8 ** 11 - 1;

/**
 * Packs a directory, without `.git`, into a tar archive. The same files always give the same bytes: names are sorted by
 * bytes, there are no owners, all entries have one time, and modes are reduced to those of git. Written atomically.
 */
export async function packDirectory({ directory, file, time }: Packing): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(chunks(Buffer.from(directory), time)), createWriteStream(part));
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

async function* chunks(directory: Buffer, time: number): AsyncGenerator<Buffer> {
  yield* packBelow({ directory, time }, Buffer.alloc(0));
  yield TAR_END;
}

interface Tree {
  readonly directory: Buffer;
  readonly time: number;
}

async function* packBelow(tree: Tree, below: Buffer): AsyncGenerator<Buffer> {
  const names = await readdir(joinBytes(tree.directory, below), { encoding: 'buffer' });
  for (const name of names.sort(Buffer.compare)) {
    if (name.equals(Buffer.from(GIT))) continue;
    const path = below.length === 0 ? name : joinBytes(below, name);
    yield* packEntry(tree, path);
  }
}

async function* packEntry(tree: Tree, name: Buffer): AsyncGenerator<Buffer> {
  const { time } = tree;
  const path = joinBytes(tree.directory, name);
  const found = await lstat(path);
  const plain = { time, size: 0, target: Buffer.alloc(0) };
  if (found.isDirectory()) {
    yield tarHeader({
      ...plain,
      name: Buffer.concat([name, SLASH]),
      kind: 'directory',
      mode: 0o755,
    });
    yield* packBelow(tree, name);
  } else if (found.isSymbolicLink()) {
    const target = await readlink(path, { encoding: 'buffer' });
    yield tarHeader({ ...plain, name, kind: 'link', mode: 0o777, target });
  } else if (found.isFile()) yield* packFile(path, { found, name, time });
}

async function* packFile(
  path: Buffer,
  { found, name, time }: { found: Stats; name: Buffer; time: number },
): AsyncGenerator<Buffer> {
  const { size } = found;
  if (size > MAX_SIZE) throw tooLarge(name);
  const mode = (found.mode & 0o100) === 0 ? 0o644 : 0o755;
  yield tarHeader({ name, kind: 'file', mode, size, time, target: Buffer.alloc(0) });
  if (size === 0) return;
  let left = size;
  for await (const chunk of createReadStream(path, { end: size - 1 })) {
    const bytes = Buffer.from(chunk);
    left -= bytes.length;
    yield bytes;
  }
  yield Buffer.concat([Buffer.alloc(left), tarPadding(size)]);
}

function joinBytes(directory: Buffer, name: Buffer): Buffer {
  return name.length === 0 ? directory : Buffer.concat([directory, SLASH, name]);
}

function tooLarge(name: Buffer): HephyError {
  return new HephyError(
    'WORK_DIRECTORY',
    `${name.toString('utf8')} is too large to be packed for another runner`,
    {
      hint: 'Remove the file from the upstream, or build with BuildKit, which fetches the upstream itself.',
    },
  );
}
