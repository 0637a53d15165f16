/** Longer texts are no image reference and no tag; they stay as they are, so that hostile input costs nothing. */
const LONGEST = 4096;
const DEEPEST = 8;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

/** What a name stands for; undefined leaves the expression as it was written. */
export type Lookup = (name: string) => string | undefined;

/**
 * Expands `$X`, `${X}`, `${X:-y}`, `${X-y}`, `${X:+y}` and `${X+y}`, as Dockerfiles and shells do. A variable that the
 * lookup does not know takes the default where there is one, and stays in the text where there is none.
 */
export function expandArguments(text: string, lookup: Lookup): string {
  if (text.length > LONGEST) return text;
  const expanded = expand(text, lookup, 0);
  // Arguments that double each other would fill the memory: what grows beyond a reference stays as it is.
  return expanded.length > LONGEST ? text : expanded;
}

function expand(text: string, lookup: Lookup, depth: number): string {
  if (depth > DEEPEST) return text;
  let done = '';
  let at = 0;
  for (let dollar = text.indexOf('$'); dollar !== -1; dollar = text.indexOf('$', at)) {
    const found = readExpression(text, dollar);
    done += text.slice(at, dollar) + evaluate(found, lookup, depth);
    at = found.end;
  }
  return done + text.slice(at);
}

interface Expression {
  readonly written: string;
  readonly end: number;
  readonly name: string;
  readonly operator: string;
  readonly word: string;
}

function readExpression(text: string, dollar: number): Expression {
  return (
    (text[dollar + 1] === '{' ? readBraced(text, dollar) : readBare(text, dollar)) ?? plain(text, dollar)
  );
}

function readBare(text: string, dollar: number): Expression | undefined {
  const name = nameAt(text, dollar + 1);
  const end = dollar + 1 + name.length;
  return name === '' ? undefined : { written: text.slice(dollar, end), end, name, operator: '', word: '' };
}

function readBraced(text: string, dollar: number): Expression | undefined {
  const close = closingBrace(text, dollar + 1);
  const name = nameAt(text, dollar + 2);
  if (close === -1 || name === '') return undefined;
  const inner = text.slice(dollar + 2 + name.length, close);
  const operator = /^:?[-+]/.exec(inner)?.[0] ?? '';
  if (inner !== '' && operator === '') return undefined;
  const written = text.slice(dollar, close + 1);
  return { written, end: close + 1, name, operator, word: inner.slice(operator.length) };
}

function nameAt(text: string, at: number): string {
  NAME.lastIndex = at;
  return NAME.exec(text)?.[0] ?? '';
}

function plain(text: string, dollar: number): Expression {
  return { written: text.slice(dollar, dollar + 1), end: dollar + 1, name: '', operator: '', word: '' };
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function evaluate(expression: Expression, lookup: Lookup, depth: number): string {
  if (expression.name === '') return expression.written;
  const value = lookup(expression.name);
  const set = value !== undefined && !(expression.operator.startsWith(':') && value === '');
  if (expression.operator.endsWith('+')) return set ? expand(expression.word, lookup, depth + 1) : '';
  if (expression.operator.endsWith('-')) return set ? value : expand(expression.word, lookup, depth + 1);
  return value ?? expression.written;
}
