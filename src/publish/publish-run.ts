import type { ImageResult } from '../domain/result.ts';
import { writeLayout } from '../registry/layout.ts';
import { parseRepository } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import { describeBuilt, describeInterrupted, publish, type Publication, type Published } from './publish.ts';

export interface PublishRun extends Publication {
  /** An interrupted run publishes nothing. */
  readonly signal: AbortSignal;
  /** The job of a run on several machines; the job `manifest` then publishes for all of them. */
  readonly job: string | undefined;
  /** Where OCI layouts of the published images are written. */
  readonly layoutDir: string | undefined;
}

/** After the builds: publishes every image of which all legs exist, and reports the state of each image. */
export async function publishRun(run: PublishRun): Promise<Published> {
  if (run.signal.aborted) return { images: describeInterrupted(run), warnings: [] };
  const published = run.job === undefined ? await publish(run) : { images: describeBuilt(run), warnings: [] };
  if (run.layoutDir !== undefined) await writeLayouts(run.layoutDir, published.images, run.registries);
  return published;
}

/** Writes one OCI layout with all images, each with all of its tags. */
async function writeLayouts(
  dir: string,
  images: readonly ImageResult[],
  registries: Registries,
): Promise<void> {
  const published = images.flatMap(({ repository, digest, tags, state }) =>
    digest === null || (state !== 'built' && state !== 'unchanged')
      ? []
      : tags.map((name) => ({
          repository: registries.repository(parseRepository(repository)),
          target: digest,
          name,
        })),
  );
  if (published.length > 0) await writeLayout(dir, published);
}
