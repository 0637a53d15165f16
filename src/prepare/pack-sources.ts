import { traitsOf } from '../backends/index.ts';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PlanImage } from '../domain/plan.ts';
import { sourceArchive } from '../domain/source-archive.ts';
import { packDirectory } from '../system/files/pack-directory.ts';
import { openSources, type SourcesOptions } from '../sources/sources.ts';

/**
 * Packs the upstreams that kaniko legs are built from into this directory, as `sourceArchive` names them: kaniko's image
 * has no git. Each is fetched and packed once for all images; what nobody builds again is not fetched.
 */
export async function packSources(place: SourcesOptions, into: string): Promise<readonly string[]> {
  const packed = new Set<string>();
  const sources = openSources(place);
  try {
    for (const image of place.plan.images.filter(hasOwnJob)) {
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
