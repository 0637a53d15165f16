import { traitsOf } from '../backends/index.ts';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanImage } from '../domain/plan.ts';
import { sourceArchive } from '../domain/source-archive.ts';
import { packDirectory } from '../system/files/pack-directory.ts';
import { openSources, type SourcesOptions } from '../sources/sources.ts';

/**
 * Packs the upstreams of kaniko legs into archives in this directory, as kaniko's image has no git. `sourceArchive` names
 * the archives. Each upstream is fetched and packed once for all images; that of an unchanged image is not fetched.
 */
export async function packSources(options: SourcesOptions, into: string): Promise<readonly string[]> {
  const packed = new Set<string>();
  const sources = openSources(options);
  try {
    for (const image of options.plan.images.filter(hasOwnJob)) {
      const name = sourceArchive(image.source);
      if (name === null) continue;
      const { root: directory, commitTime: time } = await sources.find(image);
      if (packed.has(name)) continue;
      await mkdir(into, { recursive: true });
      await packDirectory({ directory, file: join(into, name), time });
      packed.add(name);
    }
  } finally {
    await sources.release();
  }
  return [...packed].sort();
}

function hasOwnJob({ backend, legs }: PlanImage): boolean {
  return traitsOf(backend).ownJob && legs.some(({ unchanged }) => unchanged === undefined);
}
