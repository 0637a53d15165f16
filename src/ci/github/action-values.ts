import { HephyError } from '../../errors.ts';

const LINE = /^([A-Za-z_][A-Za-z0-9_]*)(=|<<)(.*)$/;

/**
 * `NAME=value` on each line, and `NAME<<END` … `END` for a value of many, as in GitHub's own files. A line that is
 * neither is told by its number alone: it may be a secret.
 */
export function parseValues(text: string, input: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/);
  const values: Record<string, string> = {};
  for (let at = 0; at < lines.length;) {
    const line = lines[at]?.trimStart() ?? '';
    if (line !== '' && !line.startsWith('#')) {
      const entry = readEntry(line, lines.slice(at + 1));
      if (typeof entry === 'string') throw unreadable(input, at, entry);
      values[entry.name] = entry.value;
      at += entry.length;
    }
    at += 1;
  }
  return values;
}

interface Entry {
  readonly name: string;
  readonly value: string;
  /** Lines after the first. */
  readonly length: number;
}

/** A text says what is wrong. */
function readEntry(line: string, following: readonly string[]): Entry | string {
  const [, name, sign, rest = ''] = LINE.exec(line) ?? [];
  if (name === undefined) return 'is not in the form NAME=value';
  if (sign === '=') return { name, value: rest, length: 0 };
  const end = following.findIndex((other) => other.trim() === rest.trim());
  if (end < 0) return `starts a multi-line value without an end marker: ${name}`;
  return { name, value: following.slice(0, end).join('\n'), length: end + 1 };
}

function unreadable(input: string, at: number, what: string): HephyError {
  return new HephyError('USAGE', `${input}: line ${at + 1} ${what}`, {
    hint: 'Write one NAME=value per line; put a multi-line value between NAME<<END and END.',
  });
}
