import type { Leg } from '../../domain/image.ts';
import type { ExecOutcome } from '../../domain/invocation.ts';
import { HephyError, type ErrorCode } from '../../errors.ts';
import { findEngineFailure } from './engine-failures.ts';
import { findFailedStep, type FailedStep } from './failed-step.ts';
import { codeOfRegistry, hintForRegistry } from './registry-failures.ts';
import { dockerfileOf } from './source.ts';

interface Failure {
  readonly pattern: RegExp;
  /** The message comes from a program of a RUN, so the pattern is searched in the whole output. */
  readonly anywhere?: true;
  readonly explain: (match: RegExpExecArray, step: FailedStep) => HephyError;
}

const BUILDKIT = 'build_backend: buildkit supports it.';

/** The errors of kaniko 1.28, the most specific first. */
const FAILURES: readonly Failure[] = [
  {
    pattern: /no space left on device/i,
    anywhere: true,
    explain: (_, { at }) =>
      new HephyError('BUILD_FAILED', 'the disk is full', {
        at,
        hint: 'docker system prune frees space that the engine uses; a separate build stage keeps build files out of the image.',
      }),
  },
  {
    pattern: /exec format error/i,
    anywhere: true,
    explain: (_, { at, text }) =>
      new HephyError(
        'BUILD_FAILED',
        `this machine cannot run the programs of the image’s platform: ${text || 'RUN'}`,
        {
          at,
          hint: 'Install emulation: docker run --privileged --rm tonistiigi/binfmt --install all (docker/setup-qemu-action on GitHub), or build on a machine of that platform.',
        },
      ),
  },
  {
    pattern: /failed to execute command: waiting for process to exit: (?:exit status (\d+)|signal: (\w+))/,
    explain: ([, code, signal], { at, text }) =>
      new HephyError(
        'BUILD_FAILED',
        `${text || 'a RUN'} ${code === undefined ? `was ended: ${signal}` : `exited ${code}`}`,
        {
          at,
          hint: hintForRun(text, code),
        },
      ),
  },
  {
    pattern: /failed to execute command: starting command: fork\/exec (\S+): no such file or directory/,
    explain: ([, program], { at, text }) =>
      new HephyError(
        'BUILD_FAILED',
        `${text || 'a RUN'} needs ${program}, which does not exist in the image`,
        {
          at,
          hint: 'A RUN without [ ] needs /bin/sh. In an image without a shell, use COPY.',
        },
      ),
  },
  {
    pattern: /failed to get .*: lstat (?:\/kaniko\/workspace\/)?(.*): no such file or directory/,
    explain: ([, path = ''], step) => {
      const { at, text } = step.copyOf(path) ?? step;
      return new HephyError(
        'BUILD_FAILED',
        `${text || 'a COPY'}: ${path} does not exist in the build context`,
        {
          at,
          hint: 'Paths are relative to the context (context_path), and .dockerignore may exclude the file.',
        },
      );
    },
  },
  {
    pattern: /dockerfile parse error on line (\d+): (.*)/,
    explain: ([, line, reason], { at }) =>
      new HephyError('CONFIG_DOCKERFILE', `cannot parse the Dockerfile: ${reason}`, {
        at: { file: at.file, line: Number(line) },
        hint: 'See https://docs.docker.com/reference/dockerfile/.',
      }),
  },
  {
    pattern: /"([^"]*)" is not a valid target build stage/,
    explain: ([, stage], { at }) =>
      new HephyError('CONFIG_VALUE', `the Dockerfile has no stage called "${stage}"`, {
        at: { file: at.file },
        hint: 'Set target or targets to a stage name from FROM … AS.',
      }),
  },
  {
    pattern: /environment variable for secret "([^"]*)" not set: (\S+)/,
    explain: ([, id, name]) =>
      new HephyError('CONFIG_VARIABLE', `the secret "${id}" reads the variable ${name}, which is not set`, {
        hint: 'Set it where the build runs; in CI, pass it to the job.',
      }),
  },
  {
    pattern: /secret not defined: (\S+)/,
    explain: ([, id], { at }) =>
      new HephyError(
        'CONFIG_VALUE',
        `the Dockerfile needs the secret "${id}", which the config does not define`,
        {
          at,
          hint: `Add it to secrets: {id: ${id}, env: VARIABLE}`,
        },
      ),
  },
  {
    pattern: /could not parse reference: (.*)/,
    explain: ([, reference], { at }) =>
      new HephyError('REGISTRY_REFERENCE', `FROM has no valid image reference: "${reference}"`, {
        at: { file: at.file },
        hint: 'An ARG before the first FROM needs a default, or a value in build_args.',
      }),
  },
  {
    pattern: /error checking push permissions: (?:checking push permission for "[^"]*": )?(.*)/,
    explain: ([, reason = '']) =>
      pushFailure(reason, 'nothing was built, because the image could not be pushed'),
  },
  {
    pattern: /failed to push to destination [^:\s]+(?::\d+)?\S*: (.*)/,
    explain: ([, reason = '']) => pushFailure(reason, 'the image was built but could not be pushed'),
  },
  {
    pattern: /error building image: unable to complete operation after \d+ attempts, last error: (.*)/,
    explain: ([, reason = ''], { at, base }) =>
      registryFailure({
        ...{ reason, otherwise: 'REGISTRY_UNAVAILABLE', at: { file: at.file } },
        message: `the base image ${base} cannot be pulled`,
      }),
  },
  {
    pattern: /error building image: (?:error building stage: )?(?:failed to execute command: )?(.*)/,
    explain: ([, reason], { at, text }) =>
      new HephyError('BUILD_FAILED', [text, reason].filter((part) => part !== '').join(': '), {
        at,
        hint: 'If BuildKit can build this Dockerfile, set build_backend: buildkit.',
      }),
  },
];

/** Explains a known failure. Undefined if the failure is unknown: the report then shows the end of the log. */
export function explainFailure(outcome: ExecOutcome, leg: Leg): HephyError | undefined {
  const output = withoutColours(outcome.output);
  const engine = findEngineFailure(output);
  if (engine) return engine;
  const file = dockerfileOf(leg.recipe.source);
  const step = findFailedStep(output, { file, text: leg.inputFiles[file] ?? '' });
  const errorLine = lastError(output);
  for (const { pattern, anywhere, explain } of FAILURES) {
    const match = pattern.exec(anywhere ? output : errorLine);
    if (match) return explain(match, step);
  }
  return undefined;
}

function withoutColours(text: string): string {
  return text.replace(/\x1b\[[\d;]*m/g, '');
}

function lastError(output: string): string {
  return output.split('\n').findLast((line) => /^[Ee]rror[: ]/.test(line)) ?? '';
}

function hintForRun(text: string, code: string | undefined): string {
  const ignored = /--(mount=\S*type=ssh|mount=\S*from=|network=|security=)/.exec(text);
  if (ignored) return `kaniko ignores --${ignored[1]}. ${BUILDKIT}`;
  if (code === undefined || code === '137')
    return 'It was killed, most likely because the machine ran out of memory.';
  if (code === '127') return 'The image does not contain the program.';
  return 'The output of the command shows why.';
}

function pushFailure(reason: string, message: string): HephyError {
  return registryFailure({ reason, message, otherwise: 'REGISTRY_REJECTED' });
}

interface RegistryFailure {
  readonly reason: string;
  readonly message: string;
  readonly otherwise: ErrorCode;
  readonly at?: FailedStep['at'];
}

function registryFailure({ reason, message, otherwise, at }: RegistryFailure): HephyError {
  const code = codeOfRegistry(reason, otherwise);
  return new HephyError(code, `${message}: ${reason}`, { ...(at && { at }), hint: hintForRegistry(code) });
}
