import { mkdir } from 'node:fs/promises';
import { HephyError } from '../errors.ts';
import { errorMessage } from '../system/error-code.ts';
import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import { prepareLogs } from './leg-log.ts';

export interface Places {
  readonly root: string;
  readonly layoutDir: string | undefined;
}

/** Tries every directory that a run writes to before the first build, so that a full disk is reported early. */
export async function requireWritable({ root, layoutDir }: Places): Promise<void> {
  await prepareLogs(root);
  await removeTemporary(await makeTemporary('try'));
  if (layoutDir !== undefined) await requireLayout(layoutDir);
}

async function requireLayout(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (cause) {
    throw new HephyError('LAYOUT_WRITE', `cannot write an OCI layout to ${dir}: ${errorMessage(cause)}`, {
      hint: 'Use a writable directory on a disk with free space.',
      cause,
    });
  }
}
