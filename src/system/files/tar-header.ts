const BLOCK = 512;
const NAME_BYTES = 100;

/** One entry of an archive. Names are bytes, as the file system has them. */
export interface TarEntry {
  readonly name: Buffer;
  readonly kind: 'file' | 'directory' | 'link';
  readonly mode: number;
  readonly size: number;
  /** In seconds. */
  readonly time: number;
  /** The target of a link; empty for other kinds. */
  readonly target: Buffer;
}

const TYPES: Readonly<Record<TarEntry['kind'], string>> = { file: '0', directory: '5', link: '2' };

/**
 * GNU's format, https://www.gnu.org/software/tar/manual/html_node/Standard.html: a long name is written as an
 * extra file before its entry. Every tar supports this, while busybox's tar ignores the newer pax headers.
 */
export function tarHeader(entry: TarEntry): Buffer {
  return Buffer.concat([
    ...longText('L', entry.name),
    ...longText('K', entry.target),
    block({ ...entry, type: TYPES[entry.kind] }),
  ]);
}

/** Fills the last block of a file's content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export const TAR_END = Buffer.alloc(2 * BLOCK);

function longText(type: 'K' | 'L', text: Buffer): readonly Buffer[] {
  if (text.length <= NAME_BYTES) return [];
  const content = Buffer.concat([text, Buffer.alloc(1)]);
  const name = Buffer.from('././@LongLink');
  const size = content.length;
  const head = block({ name, type, mode: 0o644, size, time: 0, target: Buffer.alloc(0) });
  return [head, content, tarPadding(size)];
}

/** The header has no owner: files belong to the user that unpacks them. */
function block({ name, type, mode, size, time, target }: Omit<TarEntry, 'kind'> & { type: string }): Buffer {
  const header = Buffer.alloc(BLOCK);
  name.copy(header, 0, 0, NAME_BYTES);
  header.write(octal(mode, 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(size, 12), 124);
  header.write(octal(time, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  target.copy(header, 157, 0, NAME_BYTES);
  header.write('ustar  \0', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)} `, 148);
  return header;
}

/** The last byte of the field is a NUL. */
function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}
