/** A file or, without content, a directory. */
export interface TarEntry {
  /** Relative, `/` between parts. */
  readonly path: string;
  readonly content?: Uint8Array;
  readonly mode?: number;
}

const BLOCK = 512;

/**
 * A ustar archive with no times and no owners in it, so that the same files are the same bytes:
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */
export function writeTar(entries: readonly TarEntry[]): Buffer {
  const end = Buffer.alloc(2 * BLOCK);
  return Buffer.concat([...entries.flatMap((entry) => [writeHeader(entry), ...writeContent(entry)]), end]);
}

function writeContent({ content }: TarEntry): Uint8Array[] {
  if (!content) return [];
  return [content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}

function writeHeader({ path, content, mode }: TarEntry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const { name, prefix } = splitPath(content ? path : `${path.replace(/\/$/, '')}/`);
  header.write(name, 0);
  header.write(octal(mode ?? (content ? 0o644 : 0o755), 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(content?.length ?? 0, 12), 124);
  header.write(octal(0, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(content ? '0' : '5', 156);
  header.write('ustar\u000000', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
}

/** The last digit's place is left to the NUL that ends the field. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\u0000`;
}

function splitPath(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  const cut = path.lastIndexOf('/', 155);
  const [prefix, name] = [path.slice(0, Math.max(cut, 0)), path.slice(cut + 1)];
  if (cut > 0 && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { name, prefix };
  throw new RangeError(`${JSON.stringify(path)} is too long for a tar archive`);
}
