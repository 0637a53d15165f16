import type { Performance, Surface } from '../scenario.ts';
import { BRANCHES_PIPELINE, INCLUDE_PIPELINE } from '../shop.ts';
import { expectedPipelineJobs, playPipeline, withoutRedirects } from './pipeline.ts';

/** `include: remote`: settings are variables of the pipeline. */
export const include: Surface = {
  name: 'the include on GitLab',
  run: (performance) =>
    playPipeline(performance, {
      file: fileFor(performance),
      told: variablesOf(performance),
      fetching: withoutRedirects(performance.env),
    }),
  expectedJobs: expectedPipelineJobs,
};

function variablesOf({ registry, inputs, story: { happening } }: Performance): Record<string, string> {
  const images = happening.kind === 'manual' ? { images: happening.images } : {};
  const settings = Object.entries({ registry, ...images, ...inputs });
  return Object.fromEntries(settings.map(([name, value]) => [`HEPHY_${name.toUpperCase()}`, value]));
}

/** By itself it leaves branches to their merge requests. */
function fileFor({ story: { happening } }: Performance): string {
  return happening.kind === 'push' && happening.branch !== 'main' ? BRANCHES_PIPELINE : INCLUDE_PIPELINE;
}
