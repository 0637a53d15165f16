import { lstat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { listLeftOut } from '../changes/sparse-checkout.ts';
import type { PlanImage } from '../domain/plan.ts';
import { quoteWord } from '../domain/shell-quote.ts';
import { HephyError } from '../errors.ts';
import type { Env } from '../system/env.ts';

export interface CheckoutOptions {
  /** The checkout. */
  readonly root: string;
  readonly env: Env;
  readonly signal: AbortSignal;
}

/** Plans are made from the index, builds from the disk: a sparse checkout may leave out what an image is built from. */
export async function requireCheckedOut(image: PlanImage, options: CheckoutOptions): Promise<void> {
  const { context, dockerfile } = image.source;
  const paths = [context, ...(dockerfile === null ? [] : [dockerfile])];
  const found = await Promise.all(paths.map((path) => exists(join(options.root, path))));
  const absent = paths.filter((_, index) => !found[index]);
  const leftOut = absent.length === 0 ? [] : await listLeftOut(options, absent);
  if (leftOut.length > 0) throw describeLeftOut(image, absent);
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function describeLeftOut({ name, config, source }: PlanImage, absent: readonly string[]): HephyError {
  const directories = absent.map((path) => (path === source.dockerfile ? posix.dirname(path) : path));
  const words = [...new Set(directories)].map(quoteWord).join(' ');
  const message = `${name}: the sparse checkout leaves out ${absent.join(' and ')}`;
  return new HephyError('CONFIG_PATH', message, {
    at: { file: config },
    hint: `Check it out: \`git sparse-checkout add ${words}\`, or all files: \`git sparse-checkout disable\`.`,
  });
}
