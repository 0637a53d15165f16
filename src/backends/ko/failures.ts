import type { Leg } from '../../domain/image.ts';
import type { ExecOutcome } from '../../domain/invocation.ts';
import { HephyError, type ErrorCode } from '../../errors.ts';
import { explainGoError } from './go-error.ts';
import type { KoOptions } from './options.ts';
import { lastError } from '../shared/last-error.ts';

interface Failure {
  readonly pattern: RegExp;
  /** Gets the groups of the pattern. */
  readonly explain: (match: RegExpExecArray) => HephyError;
}

/** The errors of ko 0.19 and Go, the most specific first. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /exec: "go": executable file not found/,
    explain: () =>
      fail('TOOL_MISSING', 'ko needs Go, and go is not on PATH', 'Install Go from https://go.dev/dl/.'),
  },
  {
    pattern: /C compiler "([^"]*)" not found/,
    explain: ([, compiler]) =>
      fail(
        'TOOL_MISSING',
        `the program uses cgo, and the C compiler ${compiler} is not on PATH`,
        'Install it, or remove CGO_ENABLED=1 where it is set: ko builds without cgo.',
      ),
  },
  {
    pattern: /(go\.(?:mod|work)) requires go >= (\S+) \(running go (\S+?)[;)]/,
    explain: ([, file, wanted, here]) =>
      fail(
        'BUILD_FAILED',
        `${file} requires Go ${wanted}, but Go ${here} is installed`,
        'Install that version of Go, or set GOTOOLCHAIN=auto.',
      ),
  },
  {
    pattern: /go\.mod file not found in current directory or any parent/,
    explain: () =>
      fail(
        'CONFIG_KO',
        'there is no go.mod in the directory where ko runs or in its parent directories',
        'Run go mod init there, or set ko_config.working_dir to the directory of the module.',
      ),
  },
  {
    pattern: /importpath "(?:ko:\/\/)?([^"]*)" is not supported: importpath is not `package main`/,
    explain: ([, path]) =>
      fail(
        'CONFIG_KO',
        `"${path}" is not the main package of a program`,
        'Set ko_config.import_path to a directory with a package main, such as ./cmd/server.',
      ),
  },
  {
    pattern: /found (\d+) local packages, expected 1/,
    explain: ([, count]) =>
      fail(
        'CONFIG_KO',
        `ko_config.import_path matches ${count} packages`,
        'Choose one program: an image contains exactly one.',
      ),
  },
  {
    pattern: /template: argsTmpl:.*map has no entry for key "([^"]*)"/,
    explain: ([, name]) =>
      fail(
        'CONFIG_VARIABLE',
        `a flag uses the variable ${name}, which is not set`,
        `Set it where hephy runs, or define it in build_args: ${name}=…`,
      ),
  },
  {
    pattern: /template: argsTmpl:\d+:(?:\d+:)? ?(.*)/,
    explain: ([, reason]) =>
      fail(
        'CONFIG_VALUE',
        `ko cannot evaluate the template in a flag: ${reason}`,
        'Flags and ldflags are Go templates. Write a literal {{ as {{"{{"}}.',
      ),
  },
  {
    pattern: /no matching platforms in base image index/,
    explain: () =>
      fail(
        'BUILD_FAILED',
        'the base image does not exist for this platform',
        'Set ko_config.base_image to another image, or remove the platform from platforms.',
      ),
  },
  {
    pattern: /base image platform "([^"]*)" does not match desired platforms \[([^\]]*)\]/,
    explain: ([, has, wanted]) =>
      fail(
        'BUILD_FAILED',
        `the base image is for ${has}, not for ${wanted}`,
        'Set ko_config.base_image to an image that exists for every platform of this image.',
      ),
  },
  {
    pattern: /error parsing "([^"]*)" as image reference/,
    explain: ([, reference]) =>
      fail(
        'REGISTRY_REFERENCE',
        `the base image "${reference}" is not a valid image reference`,
        'Write it as host/path:tag or host/path@sha256:…, in lower case.',
      ),
  },
  {
    pattern: /fetching base image: (?:pulling|loading) (\S+): (.*)/,
    explain: ([, base = '', reason = '']) =>
      fail(
        registryCode(reason, 'REGISTRY_UNAVAILABLE'),
        `the base image ${base} cannot be pulled: ${reason}`,
        'Set ko_config.base_image or KO_DEFAULTBASEIMAGE to an image that this machine can pull.',
      ),
  },
  {
    pattern: /error publishing \S+: (.*)/,
    explain: ([, reason = '']) => explainPush(reason),
  },
];

/** Explains a known failure. Undefined if the failure is unknown: the report then shows the end of the log. */
export function explainFailure({ output }: ExecOutcome, leg: Leg<KoOptions>): HephyError | undefined {
  const said = lastError(output, 'Error: ');
  for (const { pattern, explain } of FAILURES) {
    const match = pattern.exec(said);
    if (match) return explain(match);
  }
  return explainGoError(said, leg);
}

/** The error without the progress lines before it. */
export function excerptError({ output }: ExecOutcome): readonly string[] | undefined {
  const error = lastError(output, 'Error: ').trim();
  return error === '' ? undefined : error.split('\n');
}

const PUSH_HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  REGISTRY_AUTH: 'Run `docker login` for this registry, as a user who may push there.',
  REGISTRY_UNAVAILABLE: 'Check the address of the registry, and whether this machine can reach it.',
};

/** ko lists every address that it tried, the configured one first. The SBOM goes to the same repository as the image. */
function explainPush(reason: string): HephyError {
  const [first = ''] = reason.replace(/^writing sbom: /, '').split(/; (?=Get ")/);
  const code = registryCode(reason, 'REGISTRY_REJECTED');
  const hint =
    PUSH_HINTS[code] ?? 'This message is from the registry; the log of the registry may show more.';
  return fail(code, `the image was built but could not be pushed: ${first}`, hint);
}

function fail(code: ErrorCode, message: string, hint: string): HephyError {
  return new HephyError(code, message, { hint });
}

function registryCode(reason: string, otherwise: ErrorCode): ErrorCode {
  if (/UNAUTHORIZED|DENIED|\b40[13]\b|no basic auth/i.test(reason)) return 'REGISTRY_AUTH';
  if (/MANIFEST_UNKNOWN|NAME_UNKNOWN|\b404\b/.test(reason)) return 'REGISTRY_NOT_FOUND';
  if (/immutable/i.test(reason)) return 'REGISTRY_IMMUTABLE';
  if (/dial tcp|timeout|EOF|UNAVAILABLE|TOOMANYREQUESTS|\b(429|5\d\d)\b/.test(reason))
    return 'REGISTRY_UNAVAILABLE';
  return otherwise;
}
