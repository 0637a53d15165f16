import { HephyError, type ErrorCode } from '../../errors.ts';

interface EngineFailure {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly message: (caught: string) => string;
  readonly hint: string;
}

/** Other ways to build the same image without this container engine. */
const OTHER_WAYS =
  'Start the engine; or use build_backend: buildkit with a remote builder (BUILDKIT_HOST); or build on GitLab, where the kaniko job needs no engine.';

/** Messages of the Docker client if the container did not start, so that kaniko never ran. */
const FAILURES: readonly EngineFailure[] = [
  {
    pattern: /annot connect to the Docker daemon at (\S+?)\.? /,
    code: 'BACKEND_MISSING',
    message: (address) => `kaniko runs in a container, and no container engine answers at ${address}`,
    hint: OTHER_WAYS,
  },
  {
    pattern: /permission denied while trying to connect to the [Dd]ocker (?:API|daemon socket)(.*)/,
    code: 'BACKEND_MISSING',
    message: () => 'kaniko runs in a container, and this user has no permission to use the container engine',
    hint: `Add the user to the group docker, or use a rootless engine. ${OTHER_WAYS}`,
  },
  {
    pattern: /bind source path does not exist: (.*)/,
    code: 'BUILD_FAILED',
    message: (path) => `the container engine cannot find ${path}`,
    hint: 'A container engine on another machine cannot mount files of this machine: use a local engine, or build_backend: buildkit, which sends the files.',
  },
  {
    pattern: /^docker: (?:Error response from daemon: )?(.*)$/m,
    code: 'BUILD_FAILED',
    message: (reason) => `the container engine did not start kaniko: ${reason}`,
    hint: 'If kaniko’s image cannot be pulled from here, set kaniko_image to a copy of it.',
  },
];

export function findEngineFailure(output: string): HephyError | undefined {
  if (!/^(docker: |ERROR: .*daemon)/m.test(output)) return undefined;
  for (const { pattern, code, message, hint } of FAILURES) {
    const match = pattern.exec(output);
    if (match) return new HephyError(code, message(match[1] ?? ''), { hint });
  }
  return undefined;
}
