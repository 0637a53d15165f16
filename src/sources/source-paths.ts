import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PlanImage } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { findEscape } from '../system/files/escape.ts';

/** The backend options that are paths below the context. */
const PathOptions = z
  .object({ working_dir: z.string().optional(), manifest_path: z.string().optional() })
  .catch({});

/** Requires that all paths of a config are in the repository. Checks files, not only text, because a link may lead anywhere. */
export async function requirePaths(image: PlanImage, root: string): Promise<void> {
  for (const [field, path] of Object.entries(listPaths(image))) {
    const link = path === null ? undefined : await findEscape(root, path);
    if (link !== undefined) throw leaving(image, `${field} is ${path ?? ''}, and the link ${link}`);
  }
  const found = await stat(join(root, image.source.context)).catch(() => undefined);
  if (!found?.isDirectory()) throw missingContext(image);
}

function listPaths({ source, options }: PlanImage): Record<string, string | null> {
  const { context, dockerfile } = source;
  const { working_dir: directory, manifest_path: manifest } = PathOptions.parse(options ?? {});
  return {
    context_path: context,
    dockerfile_path: dockerfile,
    'ko_config.working_dir': directory === undefined ? null : join(context, directory),
    'spin_config.manifest_path': manifest === undefined ? null : join(context, manifest),
  };
}

function leaving({ name, config }: PlanImage, what: string): HephyError {
  return new HephyError('CONFIG_PATH', `${name}: ${what} leads out of the repository`, {
    at: { file: config },
    hint: 'Builds read only files in the repository: put the files there instead of a link to them.',
  });
}

function missingContext({ name, config, source }: PlanImage): HephyError {
  const where = source.kind === 'upstream' ? source.repo : 'this repository';
  return new HephyError('CONFIG_PATH', `${name}: there is no directory ${source.context} in ${where}`, {
    at: { file: config },
    hint: 'Check context_path: it is relative to the directory of the config, or to the root of the upstream.',
  });
}
