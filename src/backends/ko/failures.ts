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
        `${file} requires Go ${wanted}, and this is ${here}`,
        'Install that Go, or set GOTOOLCHAIN=auto.',
      ),
  },
  {
    pattern: /go\.mod file not found in current directory or any parent/,
    explain: () =>
      fail(
        'CONFIG_KO',
        'there is no go.mod in the directory that ko runs in, nor above it',
        'Run go mod init there, or name the module by ko_config.working_dir.',
      ),
  },
  {
    pattern: /importpath "(?:ko:\/\/)?([^"]*)" is not supported: importpath is not `package main`/,
    explain: ([, path]) =>
      fail(
        'CONFIG_KO',
        `"${path}" is not the main package of a program`,
        'ko_config.import_path names a directory with package main in it, such as ./cmd/server.',
      ),
  },
  {
    pattern: /found (\d+) local packages, expected 1/,
    explain: ([, count]) =>
      fail(
        'CONFIG_KO',
        `ko_config.import_path matches ${count} packages`,
        'Name one program: an image holds one.',
      ),
  },
  {
    pattern: /template: argsTmpl:.*map has no entry for key "([^"]*)"/,
    explain: ([, name]) =>
      fail(
        'CONFIG_VARIABLE',
        `a flag names the variable ${name}, which is not set`,
        `Set it where hephy runs, or give it in build_args: ${name}=…`,
      ),
  },
  {
    pattern: /template: argsTmpl:\d+:(?:\d+:)? ?(.*)/,
    explain: ([, reason]) =>
      fail(
        'CONFIG_VALUE',
        `a flag is not a template that ko can fill: ${reason}`,
        'Flags and ldflags are Go templates: a literal {{ is written {{"{{"}}.',
      ),
  },
  {
    pattern: /no matching platforms in base image index/,
    explain: () =>
      fail(
        'BUILD_FAILED',
        'the base image does not exist for this platform',
        'Name another base in ko_config.base_image, or leave the platform out of platforms.',
      ),
  },
  {
    pattern: /base image platform "([^"]*)" does not match desired platforms \[([^\]]*)\]/,
    explain: ([, has, wanted]) =>
      fail(
        'BUILD_FAILED',
        `the base image is for ${has}, not for ${wanted}`,
        'Name a base in ko_config.base_image that exists for every platform of the image.',
      ),
  },
  {
    pattern: /error parsing "([^"]*)" as image reference/,
    explain: ([, reference]) =>
      fail(
        'REGISTRY_REFERENCE',
        `the base image "${reference}" is not a reference that ko understands`,
        'It is written host/path:tag or host/path@sha256:…, in lower case.',
      ),
  },
  {
    pattern: /fetching base image: (?:pulling|loading) (\S+): (.*)/,
    explain: ([, base = '', reason = '']) =>
      fail(
        registryCode(reason, 'REGISTRY_UNAVAILABLE'),
        `the base image ${base} cannot be pulled: ${reason}`,
        'ko_config.base_image or KO_DEFAULTBASEIMAGE names one that this machine can reach.',
      ),
  },
  {
    pattern: /error publishing \S+: (.*)/,
    explain: ([, reason = '']) => explainPush(reason),
  },
];

/** Explains a known failure; undefined: the end of the log has to do. */
export function explainFailure({ output }: ExecOutcome, leg: Leg<KoOptions>): HephyError | undefined {
  const said = lastError(output, 'Error: ');
  for (const { pattern, explain } of FAILURES) {
    const match = pattern.exec(said);
    if (match) return explain(match);
  }
  return explainGoError(said, leg);
}

/** The error without the progress before it. */
export function excerptError({ output }: ExecOutcome): readonly string[] | undefined {
  const error = lastError(output, 'Error: ').trim();
  return error === '' ? undefined : error.split('\n');
}

const PUSH_HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  REGISTRY_AUTH: 'Log in with `docker login` and the name of the registry, as someone who may push there.',
  REGISTRY_UNAVAILABLE: 'Check the address of the registry, and whether this machine can reach it.',
};

/** ko lists every address that it tried, the configured one first; the SBOM is pushed to the same place as the image. */
function explainPush(reason: string): HephyError {
  const [first = ''] = reason.replace(/^writing sbom: /, '').split(/; (?=Get ")/);
  const code = registryCode(reason, 'REGISTRY_REJECTED');
  const hint = PUSH_HINTS[code] ?? 'This is the answer of the registry; its own log may say more.';
  return fail(code, `the image was built, but could not be pushed: ${first}`, hint);
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
