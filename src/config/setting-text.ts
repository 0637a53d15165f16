/** Converts the text of an input or variable to the value that the file would have. Invalid text is kept: the schema reports it. */
export type ReadText = (text: string) => unknown;

export function readWord(text: string): unknown {
  return text;
}

/** Variables often use 1 and 0 for true and false. */
export function readFlag(text: string): unknown {
  if (text === '1') return true;
  return text === '0' ? false : text;
}

/** `a,b`, one item a line, or JSON. A comma in braces is part of a glob: `{a,b}/**`. */
export function readList(text: string): unknown {
  if (text.startsWith('[')) return readJson(text);
  const separator = text.includes('\n') ? /\n/ : /,(?![^{]*\})/;
  return splitText(text, separator);
}

/** `ko`, `api=ko,web=buildkit`, or JSON. */
export function readBackend(text: string): unknown {
  return readPairs(text) ?? text;
}

/** `linux/amd64=self-hosted+x64,linux/arm64=arm`, or JSON. `+` separates the labels of one runner. */
export function readRunners(text: string): unknown {
  const pairs = readPairs(text);
  if (typeof pairs !== 'object' || pairs === null) return pairs ?? text;
  return Object.fromEntries(
    Object.entries(pairs).map(([name, labels]) => [
      name,
      typeof labels === 'string' ? splitText(labels, /\+/) : labels,
    ]),
  );
}

/** Undefined if the text is not a list of pairs. */
function readPairs(text: string): unknown {
  if (text.startsWith('{')) return readJson(text);
  const pairs = splitText(text, /[,\n]/);
  if (!pairs.every((pair) => pair.includes('='))) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    }),
  );
}

function splitText(text: string, separator: RegExp): string[] {
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
