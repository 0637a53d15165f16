import { HephyError } from '../errors.ts';

/** The files that a platform reads belong to it, and a job may have made them unwritable. */
export function writeReport(
  write: (path: string, content: string) => void,
  path: string,
  content: string,
): void {
  try {
    write(path, content);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new HephyError('CI_FILE', `what the CI platform is told could not be written: ${said}`, {
      hint: 'Check that the job may write there and that the disk is not full.',
      cause,
    });
  }
}
