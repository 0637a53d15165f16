import { HephyError } from '../errors.ts';

/** Writes a file for the CI platform. It may not be writable, so the error says which file and why. */
export function writeReport(
  write: (path: string, content: string) => void,
  path: string,
  content: string,
): void {
  try {
    write(path, content);
  } catch (cause) {
    throw reportFailure(cause);
  }
}

export function reportFailure(cause: unknown): HephyError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new HephyError('CI_FILE', `cannot write a file that the CI platform reads: ${message}`, {
    hint: 'Check that the job may write there and that the disk is not full.',
    cause,
  });
}
