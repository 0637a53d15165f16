import type { ExecOutcome } from '../../domain/invocation.ts';
import { HephyError, type ErrorCode } from '../../errors.ts';
import { lastError } from '../shared/last-error.ts';
import { explainCommand } from './failed-command.ts';

interface Failure {
  readonly pattern: RegExp;
  /** Gets the groups of the pattern, and the causes that Spin lists below its error. */
  readonly explain: (match: RegExpExecArray, causes: string) => HephyError;
}

/** The errors of Spin 4. test/support/fake-spin.mjs prints the same texts. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /^(?:No such file or directory '|Directory )(.*?)(?:'| does not contain a file named .*)$/,
    explain: ([, path]) =>
      fail(
        'CONFIG_PATH',
        `there is no Spin manifest at ${path}`,
        'Set spin_config.manifest_path, relative to the context.',
      ),
  },
  {
    pattern: /^(?:Cannot read manifest file|Failed to read Spin app manifest) from "(.*)"$/,
    explain: ([, path], causes) =>
      fail(
        'BUILD_FAILED',
        `Spin cannot read ${path}: ${causes}`,
        'See https://spinframework.dev/manifest-reference for its format.',
      ),
  },
  {
    pattern: /^Failed to load Spin app from "(.*)"$/,
    explain: ([, path], causes) => fail('BUILD_FAILED', `Spin cannot load ${path}: ${causes}`, SOURCE_HINT),
  },
  {
    pattern: /^(failed to read component source from disk at path ".*"|.* is not a valid \.wasm file)$/,
    explain: ([, what = '']) => fail('BUILD_FAILED', what, SOURCE_HINT),
  },
  {
    pattern: /^All components built successfully, but .*deployment targets\.$/,
    explain: ([what = '']) =>
      fail(
        'BUILD_FAILED',
        what,
        'The lines above show which component; application.targets in the manifest lists the environments it must run in.',
      ),
  },
  {
    pattern: /^cannot parse reference (.*)$/,
    explain: ([, reference]) =>
      fail(
        'REGISTRY_REFERENCE',
        `"${reference}" is not a valid image reference`,
        'Write it as host/path:tag, in lower case.',
      ),
  },
  {
    pattern: /^cannot push Spin application$/,
    explain: (_, causes) =>
      fail(
        registryCode(causes),
        `the application was built but could not be pushed: ${causes}`,
        'Spin uses its own login (spin registry login), then the login of Docker. hephy doctor shows the existing logins.',
      ),
  },
];

const SOURCE_HINT =
  'component.NAME.source is the file that the build command writes. With spin_config.build: false, the file must already exist.';

/** Explains a known failure. Undefined if the failure is unknown: the report then shows the end of the log. */
export function explainFailure({ output }: ExecOutcome): HephyError | undefined {
  const flag = /^error: unexpected argument '([^']*)' found$/m.exec(output)?.[1];
  if (flag !== undefined) {
    return fail(
      'TOOL_MISSING',
      `this version of Spin does not support ${flag}`,
      'Install a current version of Spin; see hephy doctor.',
    );
  }
  const { error, causes } = readLastError(output);
  const command = explainCommand(error, output);
  if (command) return command;
  for (const { pattern, explain } of FAILURES) {
    const match = pattern.exec(error);
    if (match) return explain(match, causes);
  }
  return undefined;
}

/** Spin ends with one `Error:` and its chain of causes; the lines before it are output of the build commands. */
function readLastError(output: string): { error: string; causes: string } {
  const lines = lastError(output, 'Error: ').split('\n');
  const causes = lines.flatMap((line) => /^(?: {6}| {1,3}\d+: )(\S.*)$/.exec(line)?.[1] ?? []);
  return {
    error: lines[0]?.slice('Error: '.length) ?? '',
    causes: causes.join(': ') || 'Spin reported no cause',
  };
}

function fail(code: ErrorCode, message: string, hint: string): HephyError {
  return new HephyError(code, message, { hint });
}

function registryCode(causes: string): ErrorCode {
  if (/Not authorized|Authentication failure|denied|code: 40[13]\b|authentication required/i.test(causes)) {
    return 'REGISTRY_AUTH';
  }
  if (/immutable/i.test(causes)) return 'REGISTRY_IMMUTABLE';
  if (/error sending request|code: (429|5\d\d)\b|too many requests/i.test(causes))
    return 'REGISTRY_UNAVAILABLE';
  return 'REGISTRY_REJECTED';
}
