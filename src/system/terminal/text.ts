/** Terminal control sequences (CSI, strings such as titles and links, others), then single control characters. */
const STEERING =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|\x9b[0-?]*[ -/]*[@-~]|[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const COLOUR = /^\x1b\[[\d;:]*m$/;
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const RESET = '\x1b[0m';

/**
 * Cleans a line for a log: removes cursor movement, window titles and right-to-left overrides. Keeps colours if `colours`
 * is set. If a tool redrew the line after carriage returns, only the last version is kept.
 */
export function cleanLine(line: string, colours: boolean): string {
  const last = lastDrawn(line);
  let coloured = false;
  const clean = last.replace(STEERING, (part) => {
    const keep = colours && COLOUR.test(part);
    coloured ||= keep;
    return keep ? part : '';
  });
  return coloured && !clean.endsWith(RESET) ? clean + RESET : clean;
}

/** Without a regular expression, which takes quadratic time on a line of carriage returns. */
function lastDrawn(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Escapes control characters in foreign names: a file called `a⏎b` must not look like two. */
export function showControls(value: string): string {
  return value.replace(UNPRINTABLE, (char) => {
    const code = char.charCodeAt(0);
    return SHORT[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
