import { cp, lstat, rename, rm } from 'node:fs/promises';
import { errorCode } from '../error-code.ts';

/**
 * Moves a file or a directory, also to another file system, where rename fails with EXDEV. False if the source does not
 * exist, which is checked after EXDEV too: the kernel checks for another file system first.
 */
export async function moveIfExists(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    if (errorCode(error) !== 'EXDEV') throw error;
  }
  if (!(await exists(from))) return false;
  await cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  await rm(from, { recursive: true });
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
