import { HephyError } from '../../errors.ts';

const LINE = /^([A-Za-z_][A-Za-z0-9_]*)(=|<<)(.*)$/;

/**
 * One `NAME=value` per line, and `NAME<<END` … `END` for a value of several lines, as in GitHub's own files. The error
 * for any other line shows only its number, because the line may contain a secret.
 */
export function parseValues(text: string, input: string): Readonly<Record<string, string>> {
  const lines = text.split(/\r?\n/);
  const values: Record<string, string> = {};
  for (let at = 0; at < lines.length;) {
    const line = lines[at]?.trimStart() ?? '';
    if (line !== '' && !line.startsWith('#')) {
      const entry = readEntry(line, lines.slice(at + 1));
      if (typeof entry === 'string') throw invalidLine(input, at, entry);
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
  /** The number of lines after the first. */
  readonly length: number;
}

/** Returns a text with the problem if the line is not valid. */
function readEntry(line: string, following: readonly string[]): Entry | string {
  const [, name, sign, rest = ''] = LINE.exec(line) ?? [];
  if (name === undefined) return 'is not in the form NAME=value';
  if (sign === '=') return { name, value: rest, length: 0 };
  const end = following.findIndex((other) => other.trim() === rest.trim());
  if (end < 0) return `starts a multi-line value without an end marker: ${name}`;
  return { name, value: following.slice(0, end).join('\n'), length: end + 1 };
}

function invalidLine(input: string, at: number, problem: string): HephyError {
  return new HephyError('USAGE', `${input}: line ${at + 1} ${problem}`, {
    hint: 'Write one NAME=value per line; put a multi-line value between NAME<<END and END.',
  });
}
