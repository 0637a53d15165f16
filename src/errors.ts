/**
 * Every error a user can meet. The table is the source of docs/errors.md; a code, once released, keeps its meaning.
 * Codes stand in the order of the way through: usage, config, changes, choice, plan, tools, build, registry.
 */
export const ERROR_CODES = {
  USAGE: 'The command line could not be understood.',
  NOT_A_REPOSITORY: 'There is no git repository here.',
  GIT_FAILED: 'git could not do what it was asked.',
  GIT_REVISION: 'A revision that was named does not exist in this repository.',
  CONFIG_SYNTAX: 'The file is not valid YAML.',
  CONFIG_DUPLICATE_KEY: 'A key stands twice in one mapping.',
  CONFIG_LIMIT: 'The file is too large, or its aliases expand to too much.',
  CONFIG_TYPE: 'A value has the wrong type.',
  CONFIG_VALUE: 'A value is not one of those that are allowed.',
  CONFIG_UNKNOWN_KEY: 'A key that hephy-builder does not know.',
  CONFIG_PLATFORM: 'A platform that hephy-builder does not know, or that the backend cannot build for.',
  CONFIG_PATH: 'A path that does not exist or that leaves the repository.',
  CONFIG_NAME: 'An image name that cannot stand in a tag.',
  CONFIG_NAME_CLASH: 'Two images have the same name, or would push the same tag.',
  CONFIG_CONFLICT: 'Two settings exclude each other.',
  CONFIG_DEPENDENCY: 'An image depends on one that does not exist.',
  CONFIG_CYCLE: 'Images depend on each other in a circle.',
  CONFIG_OVERRIDE: 'A backend override names what cannot be built that way.',
  CONFIG_DOCKERFILE: 'The Dockerfile is missing or cannot be read.',
  CONFIG_KO: 'The Go program to build cannot be told.',
  CONFIG_TAG: 'A tag or tag format cannot become a legal tag.',
  CONFIG_VARIABLE: 'A variable that is expanded is not set.',
  SCHEDULE_FILE: 'A schedule runs, and rebuild-weekly.txt is missing.',
  IMAGE_UNKNOWN: 'An image that was asked for does not exist.',
  UPSTREAM_URL: 'An upstream repository by an address that is not allowed.',
  UPSTREAM_REF: 'An upstream repository has no such branch, tag or commit.',
  UPSTREAM_UNREACHABLE: 'An upstream repository could not be asked.',
  PLAN_INVALID: 'A plan that was handed over cannot be used.',
  PLAN_TOO_LARGE: 'A plan is too long to be handed from one job to the next.',
  CI_FILE: 'A file that the CI platform reads could not be written.',
  BACKEND_MISSING: 'The backend of an image has nothing to run on: no container engine, no BuildKit.',
  TOOL_MISSING: 'A tool that the build needs was not found and could not be installed.',
  WORK_DIRECTORY: 'A directory that a run writes to, for logs or temporary files, cannot be used.',
  TOOL_DOWNLOAD: 'A tool could not be downloaded.',
  TOOL_CHECKSUM: 'A tool that was downloaded is not the one that is pinned.',
  BUILD_FAILED: 'A build ended with an error.',
  BUILD_INCOMPLETE: 'Some images were built and some were not.',
  CANCELLED: 'The run was interrupted.',
  DEPENDENCY_MISSING: 'An image that another one is built on does not exist in the registry.',
  REGISTRY_REFERENCE: 'An image reference is not well formed.',
  REGISTRY_LOGIN:
    'A login for the registry could not be had: a token, a role or a password is missing or was refused.',
  REGISTRY_AUTH: 'The registry refused the credentials, or there are none.',
  REGISTRY_CREDENTIALS: 'A credential helper or the Docker config failed.',
  REGISTRY_NOT_FOUND: 'The registry does not have what was asked for.',
  REGISTRY_UNAVAILABLE: 'The registry did not give a usable answer, after retries.',
  REGISTRY_INSECURE: 'A registry without TLS that was not allowed by name.',
  REGISTRY_DIGEST: 'What the registry sent is not what its digest says.',
  REGISTRY_IMMUTABLE: 'The registry refuses to move a tag.',
  REGISTRY_REJECTED: 'The registry refused what was pushed.',
  MANIFEST_MISSING_LEG: 'An architecture image is missing, so no index was published.',
  MANIFEST_MISMATCH: 'An image in the registry is not the platform or the source that the plan names.',
  LOCAL_REGISTRY: 'The registry on this machine could not be started.',
  LAYOUT_WRITE: 'An OCI layout could not be written.',
  OUTPUT_WRITE: 'What was to be printed could not be written: a full disk, a broken terminal.',
  SYSTEM_ERROR:
    'The machine refused a file or a process: a full disk, a missing permission, too many open files, no memory.',
  INTERNAL: 'A fault in hephy-builder itself.',
} as const satisfies Record<string, string>;
export type ErrorCode = keyof typeof ERROR_CODES;

/** Where in the user's files; line and column count from one. */
export interface Position {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface ErrorDetails {
  readonly at?: Position;
  /** What to do next, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export class HephyError extends Error {
  readonly code: ErrorCode;
  readonly at: Position | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'HephyError';
    this.code = code;
    this.at = details.at;
    this.hint = details.hint;
  }
}

/** Several problems that come out together: all config errors of all files in one run. */
export class HephyErrors extends Error {
  readonly problems: readonly HephyError[];

  constructor(problems: readonly HephyError[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'HephyErrors';
    this.problems = problems;
  }
}

/** What a user mends in what was typed or written. */
const INPUT_ERRORS: ReadonlySet<string> = new Set<ErrorCode>([
  'USAGE',
  'NOT_A_REPOSITORY',
  'GIT_REVISION',
  'SCHEDULE_FILE',
  'IMAGE_UNKNOWN',
  'UPSTREAM_URL',
  'UPSTREAM_REF',
  'PLAN_INVALID',
  'REGISTRY_REFERENCE',
]);

/** Exit 2 is "mend your input": usage and config. All else that fails is 1. */
export function isInputError(code: ErrorCode): boolean {
  return code.startsWith('CONFIG_') || INPUT_ERRORS.has(code);
}

export function formatPosition(at: Position): string {
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
}

/** An error as a plain value, which a result can carry and JSON can hold. */
export function toProblem(error: unknown): {
  code: string;
  message: string;
  at?: Position | undefined;
  hint?: string | undefined;
} {
  const { code, message, at, hint } = toHephyError(error);
  return { code, message, at, hint };
}

/** What the operating system means, and what helps: https://man7.org/linux/man-pages/man3/errno.3.html */
const SYSTEM_FAULTS: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  ENOSPC: [
    'no space is left on the disk',
    'Free space there, or set TMPDIR to a directory on a larger disk.',
  ],
  EDQUOT: ['the disk quota is used up', 'Free space there, or set TMPDIR to a directory on another disk.'],
  EFBIG: ['the file is larger than allowed', 'Raise the limit (`ulimit -f`), or use another file system.'],
  EROFS: ['the file system is read-only', 'Mount it writable, or use another directory.'],
  EACCES: ['permission denied', 'Check the owner and the permissions of this path.'],
  EPERM: ['the operation is not permitted', 'Check the owner, the permissions and the mount of this path.'],
  EMFILE: ['this process has too many open files', 'Raise the limit (`ulimit -n`), or lower --jobs.'],
  ENFILE: ['the machine has too many open files', 'Run fewer programs at once on this machine.'],
  EAGAIN: ['the limit of processes is reached', 'Raise the limit (`ulimit -u`), or lower --jobs.'],
  ENOMEM: ['the machine has no memory left', 'Use a machine with more memory, or lower --jobs.'],
  E2BIG: [
    'the arguments and variables are too long together',
    'Use fewer or shorter build arguments and labels.',
  ],
  EIO: ['the disk cannot be read or written', 'Check the disk and the log of the kernel.'],
  ETXTBSY: ['the program is being written at this moment', 'Run again once it is installed.'],
  ENOTDIR: ['a part of the path is not a directory', 'Remove or rename what has the name of a directory.'],
  EISDIR: ['it is a directory', 'Remove or rename the directory.'],
  ELOOP: ['it is a link, or has too many links', 'Replace the link by what it leads to.'],
  ENAMETOOLONG: ['the path is too long', 'Use a shorter directory, for example with TMPDIR.'],
  ENOENT: ['it does not exist', 'It may have been removed during the run: run again.'],
  EEXIST: ['it exists already', 'Another program may use the same directory: run again.'],
  ENOTEMPTY: ['the directory is not empty', 'Another program may use the same directory: run again.'],
  EBUSY: ['it is in use', 'End the program that uses it, and run again.'],
  ESTALE: ['the network file system lost it', 'Check the network file system, and run again.'],
};

/** Any error as one with a code. What the operating system refuses is not a fault of hephy-builder. */
export function toHephyError(error: unknown): HephyError {
  if (error instanceof HephyError) return error;
  const fault = describeSystemError(error);
  if (fault !== undefined) return fault;
  const said = error instanceof Error ? error.message : String(error);
  return new HephyError('INTERNAL', `hephy-builder itself failed: ${said}`, {
    hint: 'This is a fault in hephy-builder, not in your files: run again with HEPHY_DEBUG=1 and report what it prints.',
    cause: error,
  });
}

interface SystemError {
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
  readonly path?: unknown;
}

/** By its shape, because not every Error comes from this realm: https://nodejs.org/api/errors.html#class-systemerror */
function isSystemError(error: unknown): error is SystemError {
  if (typeof error !== 'object' || error === null) return false;
  return 'code' in error && typeof error.code === 'string' && 'syscall' in error && 'message' in error;
}

function describeSystemError(error: unknown): HephyError | undefined {
  if (!isSystemError(error)) return undefined;
  const { code, syscall, path, message } = error;
  const [cause = message, hint] = SYSTEM_FAULTS[code] ?? [];
  const what = typeof path === 'string' ? `${path} cannot be used` : `${syscall} failed`;
  return new HephyError('SYSTEM_ERROR', `${what}: ${cause} (${code})`, {
    hint: hint ?? 'Look for the cause on this machine: its disks, limits and permissions.',
    cause: error,
  });
}
