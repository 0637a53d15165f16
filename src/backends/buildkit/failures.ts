import type { ExecOutcome } from '../../domain/invocation.ts';
import { HephyError, type ErrorCode } from '../../errors.ts';
import { lastError } from '../shared/last-error.ts';
import { findFailedLine, type FailedLine } from './output.ts';

interface Failure {
  readonly pattern: RegExp;
  /** Gets the groups of the pattern, and the instruction if BuildKit named one. */
  readonly explain: (match: RegExpExecArray, failed: FailedLine | undefined) => Explained;
}

interface Explained {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** The errors of buildctl 0.26, the most specific first. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /process ".*" did not complete successfully: exit code: (\d+)/s,
    explain: ([, code], failed) => ({
      code: 'BUILD_FAILED',
      message: `${failed?.text || 'a step of the Dockerfile'} exited ${code}`,
      hint: hintForExit(code),
    }),
  },
  {
    pattern: /target stage "([^"]*)" could not be found/,
    explain: ([, target]) => ({
      code: 'CONFIG_VALUE',
      message: `the Dockerfile has no stage called "${target}"`,
      hint: 'Set target or targets to a stage name from FROM … AS.',
    }),
  },
  {
    pattern: /failed to read dockerfile: open (.*): no such file or directory/,
    explain: ([, file]) => ({
      code: 'CONFIG_DOCKERFILE',
      message: `there is no ${file}`,
      hint: 'Set dockerfile_path, relative to the context root.',
    }),
  },
  {
    pattern: /failed to solve: (?:dockerfile parse error.*?: )(.*)/,
    explain: ([, reason = '']) => ({
      code: 'CONFIG_DOCKERFILE',
      message: `cannot parse the Dockerfile: ${reason}`,
      hint: 'See https://docs.docker.com/reference/dockerfile/.',
    }),
  },
  {
    pattern: /secret (\S+): not found/,
    explain: ([, id]) => ({
      code: 'CONFIG_VALUE',
      message: `the Dockerfile needs the secret "${id}", which the config does not define`,
      hint: `Add it to secrets: {id: ${id}, env: VARIABLE}`,
    }),
  },
  {
    pattern: /failed to stat (.*): stat .*: no such file or directory/,
    explain: ([, path]) => ({
      code: 'CONFIG_PATH',
      message: `the secret file ${path} does not exist`,
      hint: 'secrets refer to files next to the config, or to variables: {id, env}.',
    }),
  },
  {
    pattern: /failed to convert agent config/,
    explain: () => ({
      code: 'CONFIG_VARIABLE',
      message: 'buildkit_config.ssh is true, but SSH_AUTH_SOCK does not point to an SSH agent',
      hint: 'Start an agent where the build runs: eval "$(ssh-agent)" && ssh-add',
    }),
  },
  {
    pattern: /type gha requires (?:url|token) parameter/,
    explain: () => ({
      code: 'CONFIG_VALUE',
      message: 'cache.ref is gha, but GitHub’s cache cannot be reached from here',
      hint: 'GitHub’s cache is only available to an action in GitHub Actions. Elsewhere, set cache.ref to an image reference, or remove it.',
    }),
  },
  {
    pattern: /(network\.host|security\.insecure) is not allowed/,
    explain: ([, right]) => ({
      code: 'CONFIG_VALUE',
      message: `the Dockerfile needs the entitlement ${right}, which this build does not have`,
      hint: `Set buildkit_config.allow: [${right}], and start the builder with it: buildkitd --allow-insecure-entitlement ${right}`,
    }),
  },
  {
    pattern: /listing workers for Build: (.*)/,
    explain: ([, reason = '']) => ({
      code: 'BACKEND_MISSING',
      message: `the builder does not answer: ${reasonOf(reason)}`,
      hint: 'Check BUILDKIT_HOST (tcp://, unix://, docker-container://, kube-pod://). If it is not set, hephy starts a builder in a container.',
    }),
  },
  {
    pattern: /failed to push (\S+): (.*)/,
    explain: ([, reference, reason = '']) => ({
      code: registryCode(reason, 'REGISTRY_REJECTED'),
      message: `${reference} cannot be pushed: ${reason}`,
      hint: hintForRegistry(reason, 'push'),
    }),
  },
  {
    pattern: /failed to resolve source metadata for (\S+): (.*)/,
    explain: ([, reference = '', reason = '']) => ({
      code: registryCode(reason, 'REGISTRY_UNAVAILABLE'),
      message: `${reference} cannot be pulled: ${reason.replace(`${reference}: `, '')}`,
      hint: hintForRegistry(reason, 'pull'),
    }),
  },
  {
    pattern: /failed to calculate checksum of ref \S+: "\/?(.*?)": not found/,
    explain: ([, path], failed) => ({
      code: 'BUILD_FAILED',
      message: `${failed?.text || 'COPY'}: ${path} does not exist in the build context`,
      hint: 'Paths are relative to the context (context_path), and .dockerignore may exclude the file.',
    }),
  },
];

/** Explains a known failure. Undefined if the failure is unknown: the report then shows the end of the log. */
export function explainFailure({ output }: ExecOutcome): HephyError | undefined {
  const said = lastError(output, 'error: ');
  const failed = findFailedLine(output);
  for (const { pattern, explain } of FAILURES) {
    const match = pattern.exec(said);
    if (!match) continue;
    const { code, message, hint } = explain(match, failed);
    return new HephyError(code, message, { hint, ...(failed && { at: failed.at }) });
  }
  return undefined;
}

function reasonOf(text: string): string {
  return /desc = "(.*)"$/.exec(text)?.[1] ?? text;
}

function registryCode(reason: string, otherwise: ErrorCode): ErrorCode {
  if (/HTTP response to HTTPS client/.test(reason)) return 'REGISTRY_INSECURE';
  if (/unauthorized|denied|authorization failed|\b40[13]\b|no basic auth/i.test(reason))
    return 'REGISTRY_AUTH';
  if (/immutable/i.test(reason)) return 'REGISTRY_IMMUTABLE';
  if (/: not found$|MANIFEST_UNKNOWN|NAME_UNKNOWN|\b404\b/.test(reason)) return 'REGISTRY_NOT_FOUND';
  if (/failed to do request|timeout|EOF|UNAVAILABLE|TOOMANYREQUESTS|\b(429|5\d\d)\b/.test(reason))
    return 'REGISTRY_UNAVAILABLE';
  return otherwise;
}

const REGISTRY_HINTS = {
  REGISTRY_INSECURE:
    'The registry speaks plain HTTP. Configure the builder for it: [registry."HOST"] http = true in buildkitd.toml.',
  REGISTRY_AUTH: 'Log in where the build runs: docker login, or a credential helper in the Docker config.',
  REGISTRY_IMMUTABLE:
    'The tag already exists and cannot be overwritten: build a new commit, or delete the tag.',
} as const;

function hintForRegistry(reason: string, way: 'push' | 'pull'): string {
  const code = registryCode(reason, 'BUILD_FAILED');
  if (code in REGISTRY_HINTS)
    return Object.entries(REGISTRY_HINTS).find(([known]) => known === code)?.[1] ?? '';
  if (way === 'push')
    return 'The builder must be able to reach the registry: a remote builder cannot reach a registry on localhost.';
  return 'The builder must be able to pull the images of FROM and COPY --from; list images of this repository in depends_on.';
}

function hintForExit(code: string | undefined): string {
  if (code === '137') return 'It was killed, most likely because the machine ran out of memory.';
  if (code === '127') return 'The image does not contain the program.';
  return 'The output of the command shows why.';
}
