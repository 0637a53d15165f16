import type { Performance, Surface } from '../scenario.ts';
import { BRANCHES_COMPONENT, COMPONENT_PIPELINE, redirects } from '../shop.ts';
import { expectedPipelineJobs, playPipeline } from './pipeline.ts';

/** The component of the catalog: settings are its inputs. */
export const component: Surface = {
  name: 'the component on GitLab',
  run: async (performance) => {
    const { env, world } = performance;
    const places = CATALOG.map((url) => [url, world.project] as const);
    return playPipeline(performance, {
      file: fileFor(performance),
      told: inputsOf(performance),
      fetching: { ...env, ...redirects(Object.fromEntries(places)) },
    });
  },
  expectedJobs: expectedPipelineJobs,
};

/** gitlab-ci-local looks for components on the server of the project's origin. */
export const CATALOG = ['https://github.com', 'https://github.com:443'].map(
  (server) => `${server}/kingdon-ci/hephy-builder.git`,
);

/** The shop's file hands on `$SHOP_…`; what is not set is empty, and so is absent. */
function inputsOf({ registry, inputs, story: { happening } }: Performance): Record<string, string> {
  const images = happening.kind === 'manual' ? { images: happening.images } : {};
  const none = { backend: '', layout: '', push: '', images: '' };
  const all = Object.entries({ ...none, registry, ...images, ...inputs });
  return Object.fromEntries(all.map(([name, value]) => [`SHOP_${name.toUpperCase()}`, value]));
}

function fileFor({ story: { happening } }: Performance): string {
  return happening.kind === 'push' && happening.branch !== 'main' ? BRANCHES_COMPONENT : COMPONENT_PIPELINE;
}
