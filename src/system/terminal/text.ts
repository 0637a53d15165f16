/** Sequences that steer a terminal (CSI, strings such as titles and links, the rest), then what is left of controls. */
const STEERING =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?|\x9b[0-?]*[ -/]*[@-~]|[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const COLOUR = /^\x1b\[[\d;:]*m$/;
const UNPRINTABLE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const RESET = '\x1b[0m';

/**
 * One line as it may stand in a log: no cursor movement, no window titles, no text that runs backwards. Colours stay
 * where they are wanted. What a tool redrew after carriage returns shows as it looked at the end.
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

/** By hand: a regular expression takes quadratic time over a line of carriage returns alone. */
function lastDrawn(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end -= 1;
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A name that others chose, on one line: a file may be called `a⏎b` and must not look like two. */
export function showControls(value: string): string {
  return value.replace(UNPRINTABLE, (char) => {
    const code = char.charCodeAt(0);
    return SHORT[char] ?? (code < 256 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}
