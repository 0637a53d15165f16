import { formatPosition, type HephyError, HephyErrors, toHephyError } from '../errors.ts';
import { showControls } from '../system/terminal/text.ts';
import { count } from './measures.ts';
import type { Style } from './style.ts';

export interface ErrorView {
  readonly style: Style;
  /** `HEPHY_DEBUG=1`: with stack traces. */
  readonly debug: boolean;
}

/** Any error for users: its position, message and code, and below them what to do next. */
export function renderError(error: unknown, { style, debug }: ErrorView): string {
  const problems = problemsOf(error);
  const lines = problems.flatMap((problem) => renderProblem(problem, style));
  const end = summarize(problems);
  if (end) lines.push('', end);
  if (debug) lines.push('', ...stacksOf(error));
  return lines.join('\n');
}

/** The same errors for programs, printed with `--json`. */
export interface ErrorReport {
  readonly errors: readonly {
    readonly code: string;
    readonly message: string;
    readonly file: string | null;
    readonly line: number | null;
    readonly column: number | null;
    readonly hint: string | null;
  }[];
}

export function describeError(error: unknown): ErrorReport {
  const errors = problemsOf(error).map(({ code, message, at, hint }) => ({
    code,
    message,
    file: at?.file ?? null,
    line: at?.line ?? null,
    column: at?.column ?? null,
    hint: hint ?? null,
  }));
  return { errors };
}

/** docs/errors.md: each code and what it means. */
export function renderErrorTable(codes: Readonly<Record<string, string>>): string {
  const rows = Object.entries(codes).map(
    ([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`,
  );
  return ['| code | meaning |', '| --- | --- |', ...rows, ''].join('\n');
}

/** Sorted by file and line, so that a person reads each file once, from the top. */
export function problemsOf(error: unknown): readonly HephyError[] {
  if (error instanceof HephyErrors) return error.problems.toSorted(comparePlaces);
  return [toHephyError(error)];
}

function comparePlaces(a: HephyError, b: HephyError): number {
  const [left, right] = [placeKey(a), placeKey(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function placeKey({ at }: HephyError): string {
  const numbers = [at?.line, at?.column].map((number) => String(number ?? 0).padStart(9, '0'));
  return [at?.file ?? '', ...numbers].join('\0');
}

function renderProblem(problem: HephyError, style: Style): string[] {
  const [first = '', ...more] = problem.message.split('\n').map(showControls);
  const place = problem.at ? `${style.bold(showControls(formatPosition(problem.at)))}: ` : '';
  const below = [...more, ...(problem.hint?.split('\n').map(showControls) ?? [])];
  return [`${place}${first}  ${style.dim(problem.code)}`, ...below.map((line) => `  ${line}`)];
}

/** A closing line for config problems, of which there are often several; other errors need none. */
function summarize(problems: readonly HephyError[]): string | undefined {
  if (!problems.some(({ code, at }) => at && code.startsWith('CONFIG_'))) return undefined;
  const files = new Set(problems.flatMap(({ at }) => at?.file ?? []));
  const sum = `${count(problems.length, 'problem')} in ${count(files.size, 'file')}`;
  return `${sum}. Nothing was built. Reference: docs/build-config.md`;
}

function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  const seen = new Set<unknown>();
  const open = [error];
  for (let next = open.shift(); next instanceof Error && !seen.has(next); next = open.shift()) {
    seen.add(next);
    stacks.push(next.stack ?? next.message);
    if (next instanceof HephyErrors) open.push(...next.problems);
    open.push(next.cause);
  }
  return stacks.flatMap((stack) => stack.split('\n'));
}
