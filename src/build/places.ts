import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HephyError } from '../errors.ts';
import { errorMessage } from '../system/error-code.ts';
import { prepareLogs } from './leg-log.ts';

export interface Places {
  readonly root: string;
  readonly layoutDir: string | undefined;
}

/** Everything that a run writes to, tried before anything is built: a full disk is found first and not last. */
export async function requirePlaces({ root, layoutDir }: Places): Promise<void> {
  await prepareLogs(root);
  await requireScratch();
  if (layoutDir !== undefined) await requireLayout(layoutDir);
}

async function requireScratch(): Promise<void> {
  try {
    await rm(await mkdtemp(join(tmpdir(), 'hephy-try-')), { recursive: true });
  } catch (cause) {
    const message = `the directory for temporary files cannot be used: ${errorMessage(cause)}`;
    throw new HephyError('WORK_DIRECTORY', message, {
      hint: 'Set TMPDIR to a directory that exists and can be written to.',
      cause,
    });
  }
}

async function requireLayout(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (cause) {
    throw new HephyError('LAYOUT_WRITE', `no OCI layout can be left in ${dir}: ${errorMessage(cause)}`, {
      hint: 'Name a directory that can be written to, on a disk with room.',
      cause,
    });
  }
}
