import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import { HephyError, type Position } from '../../errors.ts';
import { workingDirectory } from './go-module.ts';
import type { KoOptions } from './options.ts';

/** The error of a file: `cmd/server/main.go:27:85: undefined: x`, or `go.mod:3: …`. */
const IN_FILE =
  /^(?:.*go build: exit status \d+: )?(\S.*\.go|(?:\S.*\/)?go\.(?:mod|work)):(\d+)(?::(\d+))?: (.*)$/m;
/** An error without a file: `go: malformed module path "x"`. */
const WITHOUT_FILE = /(?:stderr|exit status \d+): go: (.+)$/m;

/** The first error of Go, with its position relative to the repository root, so that CI can annotate the line. */
export function explainGoError(
  said: string,
  leg: Pick<Leg<KoOptions>, 'root' | 'recipe'>,
): HephyError | undefined {
  const found = IN_FILE.exec(said);
  if (found === null) {
    const message = WITHOUT_FILE.exec(said)?.[1];
    return message === undefined ? undefined : fail(message);
  }
  const [, file = '', line, column, message = ''] = found;
  const path = fromRoot(file, leg);
  if (path === undefined) return fail(`${file}:${line}: ${message}`);
  return fail(message, { file: path, line: Number(line), ...(column && { column: Number(column) }) });
}

/** Go prints absolute paths, or paths relative to its working directory. Undefined for files outside this repository. */
function fromRoot(
  file: string,
  { root, recipe }: Pick<Leg<KoOptions>, 'root' | 'recipe'>,
): string | undefined {
  const absolute = posix.resolve(root, workingDirectory(recipe), file);
  const relative = posix.relative(root, absolute);
  return relative.startsWith('../') ? undefined : relative;
}

function fail(message: string, at?: Position): HephyError {
  return new HephyError('BUILD_FAILED', message, { hint: hintFor(message), ...(at && { at }) });
}

function hintFor(message: string): string {
  if (/no required module|missing go\.sum|cannot find module|go mod tidy/.test(message)) {
    return 'Run go mod tidy there and commit go.mod and go.sum.';
  }
  return '`go build` in the directory of the module shows the same error.';
}
