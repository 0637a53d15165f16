import { posix } from 'node:path';
import type { Leg } from '../../domain/image.ts';
import { HephyError, type Position } from '../../errors.ts';
import { workingDirectory } from './go-module.ts';
import type { KoOptions } from './options.ts';

/** `cmd/server/main.go:27:85: undefined: x`, or `go.mod:3: …`: what Go prints of a mistake in a file. */
const IN_FILE =
  /^(?:.*go build: exit status \d+: )?(\S.*\.go|(?:\S.*\/)?go\.(?:mod|work)):(\d+)(?::(\d+))?: (.*)$/m;
/** `go: malformed module path "x"`: a mistake that Go does not assign to a file. */
const WITHOUT_FILE = /(?:stderr|exit status \d+): go: (.+)$/m;

/** The first mistake that Go reports, with its position from the root of the repository, so that CI can show it there. */
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

/** Go writes paths relative to the directory that it runs in, or absolute ones. Undefined: not a file of this repository. */
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
