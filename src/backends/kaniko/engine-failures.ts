import { HephyError, type ErrorCode } from '../../errors.ts';

interface EngineFailure {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly message: (caught: string) => string;
  readonly hint: string;
}

/** Without a container engine there are other ways to the same image. */
const OTHER_WAYS =
  'Start the engine; or build_backend: buildkit with BUILDKIT_HOST naming a remote one; or GitLab, whose kaniko job needs no engine.';

/** What the client prints when the container did not start, so that kaniko never ran. */
const FAILURES: readonly EngineFailure[] = [
  {
    pattern: /annot connect to the Docker daemon at (\S+?)\.? /,
    code: 'BACKEND_MISSING',
    message: (address) => `kaniko runs in a container, and no engine answers at ${address}`,
    hint: OTHER_WAYS,
  },
  {
    pattern: /permission denied while trying to connect to the [Dd]ocker (?:API|daemon socket)(.*)/,
    code: 'BACKEND_MISSING',
    message: () => 'kaniko runs in a container, and this user may not use the engine',
    hint: `Add the user to the group docker, or use a rootless engine. ${OTHER_WAYS}`,
  },
  {
    pattern: /bind source path does not exist: (.*)/,
    code: 'BUILD_FAILED',
    message: (path) => `the engine does not see ${path}`,
    hint: 'An engine on another machine cannot mount files of this one: use one here, or build_backend: buildkit, which sends them.',
  },
  {
    pattern: /^docker: (?:Error response from daemon: )?(.*)$/m,
    code: 'BUILD_FAILED',
    message: (reason) => `the engine did not start kaniko: ${reason}`,
    hint: 'Where kaniko’s image cannot be pulled, the setting kaniko_image names a copy of it.',
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
