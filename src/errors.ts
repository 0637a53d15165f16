/**
 * All error codes. docs/errors.md is generated from this table. A released code keeps its meaning. The codes are in the
 * order of a run: usage, config, changes, backend, plan, tools, build, registry.
 */
export const ERROR_CODES = {
  USAGE: 'The command line could not be understood.',
  NOT_A_REPOSITORY: 'There is no git repository here.',
  GIT_FAILED: 'A git command failed.',
  GIT_REVISION: 'A revision does not exist in this repository.',
  CONFIG_SYNTAX: 'The file is not valid YAML.',
  CONFIG_DUPLICATE_KEY: 'A mapping contains the same key twice.',
  CONFIG_LIMIT: 'The file is too large, or its aliases expand to too much.',
  CONFIG_TYPE: 'A value has the wrong type.',
  CONFIG_VALUE: 'A value is not allowed.',
  CONFIG_UNKNOWN_KEY: 'A key is unknown.',
  CONFIG_PLATFORM: 'A platform is unknown, or the backend cannot build for it.',
  CONFIG_PATH: 'A path does not exist, or is outside of the repository.',
  CONFIG_NAME: 'An image name cannot be part of a tag.',
  CONFIG_NAME_CLASH: 'Two images have the same name, or would push the same tag.',
  CONFIG_CONFLICT: 'Two settings exclude each other.',
  CONFIG_DEPENDENCY: 'An image depends on one that does not exist.',
  CONFIG_CYCLE: 'Images depend on each other in a circle.',
  CONFIG_OVERRIDE: 'A backend override selects a backend that cannot build the image.',
  CONFIG_DOCKERFILE: 'The Dockerfile is missing or cannot be read.',
  CONFIG_KO: 'Cannot determine which Go program to build.',
  CONFIG_TAG: 'A tag or a tag format does not result in a valid tag.',
  CONFIG_SECRET: 'A file that holds a secret would become part of an image.',
  CONFIG_VARIABLE: 'A variable is used, but not set.',
  SCHEDULE_FILE: 'rebuild-weekly.txt, which a scheduled run needs, is missing.',
  IMAGE_UNKNOWN: 'A requested image does not exist.',
  UPSTREAM_URL: 'The address of an upstream repository is not allowed.',
  UPSTREAM_REF: 'An upstream repository has no such branch, tag or commit.',
  UPSTREAM_UNREACHABLE: 'An upstream repository cannot be reached.',
  PLAN_INVALID: 'A given plan cannot be used.',
  PLAN_TOO_LARGE: 'A plan is too long to be passed from one job to the next.',
  CI_FILE: 'A file that the CI platform reads could not be written.',
  EMULATION_MISSING:
    'A Dockerfile starts programs of a platform that its builder can neither run nor emulate.',
  BACKEND_MISSING: 'The backend of an image cannot run here: there is no container engine or BuildKit.',
  TOOL_MISSING: 'A tool that the build needs was not found, and could not be installed.',
  WORK_DIRECTORY: 'A directory that a run writes to, for logs or temporary files, cannot be used.',
  TOOL_DOWNLOAD: 'A tool could not be downloaded.',
  TOOL_CHECKSUM: 'The checksum of a downloaded tool is not the pinned one.',
  BUILD_FAILED: 'A build failed.',
  BUILD_INCOMPLETE: 'Some images were not built.',
  CANCELLED: 'The run was interrupted.',
  DEPENDENCY_MISSING: 'The registry does not have an image that another image is built on.',
  REGISTRY_REFERENCE: 'An image reference is not valid.',
  REGISTRY_LOGIN:
    'Could not obtain a login for the registry: a token, a role or a password is missing or was refused.',
  REGISTRY_AUTH: 'The registry refused the credentials, or there are none.',
  REGISTRY_CREDENTIALS: 'A credential helper failed, or the Docker config cannot be used.',
  REGISTRY_NOT_FOUND: 'The registry does not have the requested image or tag.',
  REGISTRY_UNAVAILABLE: 'The registry did not answer, or answered with an error, after several attempts.',
  REGISTRY_INSECURE: 'The registry does not use TLS, and insecure_registries does not list it.',
  REGISTRY_DIGEST: 'The content from the registry does not match its digest.',
  REGISTRY_IMMUTABLE: 'The registry refuses to move a tag.',
  REGISTRY_REJECTED: 'The registry refused a push.',
  MANIFEST_MISSING_LEG: 'The image of an architecture is missing, so the multi-arch image was not published.',
  MANIFEST_MISMATCH:
    'An image in the registry is for another platform, or from another source, than the plan says.',
  LOCAL_REGISTRY: 'The registry on this machine could not be started.',
  LAYOUT_WRITE: 'An OCI layout could not be written.',
  SYSTEM_ERROR:
    'The machine refused a file or a process: a full disk, a missing permission, too many open files, no memory.',
  OUTPUT_WRITE: 'Output could not be written: the disk is full, or the terminal is gone.',
  INTERNAL: 'A bug in hephy-builder.',
} as const satisfies Record<string, string>;
export type ErrorCode = keyof typeof ERROR_CODES;

/** A position in the user's files; line and column count from one. */
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
  /** What the error is about, so that code can find it without reading the message: references, hosts. */
  readonly subjects?: readonly string[];
}

export class HephyError extends Error {
  readonly code: ErrorCode;
  readonly at: Position | undefined;
  readonly hint: string | undefined;
  readonly subjects: readonly string[] | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'HephyError';
    this.code = code;
    this.at = details.at;
    this.hint = details.hint;
    this.subjects = details.subjects;
  }
}

/** Several problems that are reported together, for example the config errors of all files. */
export class HephyErrors extends Error {
  readonly problems: readonly HephyError[];

  constructor(problems: readonly HephyError[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'HephyErrors';
    this.problems = problems;
  }
}

/** Errors that the user fixes in the command line or in files. */
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

/** Exit status 2 means "fix your input": usage and config. All other failures are 1. */
export function isInputError(code: ErrorCode): boolean {
  return code.startsWith('CONFIG_') || INPUT_ERRORS.has(code);
}

export function formatPosition(at: Position): string {
  return [at.file, at.line, at.column].filter((part) => part !== undefined).join(':');
}

/** An error as a plain object, for results and JSON. */
export function toProblem(error: unknown): {
  code: string;
  message: string;
  at?: Position | undefined;
  hint?: string | undefined;
  subjects?: readonly string[] | undefined;
} {
  const { code, message, at, hint, subjects } = toHephyError(error);
  return { code, message, at, hint, subjects };
}

/** The errors of the operating system, with cause and hint: https://man7.org/linux/man-pages/man3/errno.3.html */
const SYSTEM_FAULTS: Readonly<Record<string, readonly [cause: string, hint: string]>> = {
  ENOSPC: ['no space is left on the disk', 'Free some space, or set TMPDIR to a directory on a larger disk.'],
  EDQUOT: ['the disk quota is used up', 'Free some space, or set TMPDIR to a directory on another disk.'],
  EFBIG: ['the file is larger than allowed', 'Raise the limit (`ulimit -f`), or use another file system.'],
  EROFS: ['the file system is read-only', 'Mount it writable, or use another directory.'],
  EACCES: ['permission denied', 'Check the owner and the permissions of this path.'],
  EPERM: ['the operation is not permitted', 'Check the owner, the permissions and the mount of this path.'],
  EMFILE: ['this process has too many open files', 'Raise the limit (`ulimit -n`), or lower --jobs.'],
  ENFILE: ['the machine has too many open files', 'Run fewer programs at once on this machine.'],
  EAGAIN: ['the limit of processes is reached', 'Raise the limit (`ulimit -u`), or lower --jobs.'],
  ENOMEM: ['the machine has no memory left', 'Use a machine with more memory, or lower --jobs.'],
  E2BIG: [
    'the arguments and environment variables are too long',
    'Use fewer or shorter build arguments and labels.',
  ],
  EIO: ['the disk cannot be read or written', 'Check the disk and the log of the kernel.'],
  ETXTBSY: ['the program is being written at this moment', 'Run again once it is installed.'],
  ENOTDIR: [
    'a part of the path is not a directory',
    'Remove or rename the file that has the name of a directory.',
  ],
  EISDIR: ['it is a directory', 'Remove or rename the directory.'],
  ELOOP: [
    'it is a symbolic link, or has too many symbolic links',
    'Replace the link with the file or directory that it points to.',
  ],
  ENAMETOOLONG: ['the path is too long', 'Use a shorter directory, for example with TMPDIR.'],
  ENOENT: ['it does not exist', 'It may have been removed during the run: run again.'],
  EEXIST: ['it exists already', 'Another program may use the same directory: run again.'],
  ENOTEMPTY: ['the directory is not empty', 'Another program may use the same directory: run again.'],
  EBUSY: ['it is in use', 'Stop the program that uses it, and run again.'],
  ESTALE: ['the file is gone from the network file system', 'Check the network file system, and run again.'],
};

/** Converts any error to a HephyError. An error of the operating system is not a bug in hephy-builder. */
export function toHephyError(error: unknown): HephyError {
  if (error instanceof HephyError) return error;
  const fault = describeSystemError(error);
  if (fault !== undefined) return fault;
  const text = error instanceof Error ? error.message : String(error);
  return new HephyError('INTERNAL', `hephy-builder itself failed: ${text}`, {
    hint: 'This is a bug in hephy-builder, not in your files: run again with HEPHY_DEBUG=1 and report the output.',
    cause: error,
  });
}

interface SystemError {
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
  readonly path?: unknown;
}

/** Checked by its properties: `instanceof` fails for errors of another realm. https://nodejs.org/api/errors.html#class-systemerror */
function isSystemError(error: unknown): error is SystemError {
  if (typeof error !== 'object' || error === null) return false;
  return 'code' in error && typeof error.code === 'string' && 'syscall' in error && 'message' in error;
}

function describeSystemError(error: unknown): HephyError | undefined {
  if (!isSystemError(error)) return undefined;
  const { code, syscall, path, message } = error;
  const [cause = message, hint] = SYSTEM_FAULTS[code] ?? [];
  const failure = typeof path === 'string' ? `${path} cannot be used` : `${syscall} failed`;
  return new HephyError('SYSTEM_ERROR', `${failure}: ${cause} (${code})`, {
    hint: hint ?? 'Check the disks, limits and permissions of this machine.',
    cause: error,
  });
}
