import { describeKanikoLegs, JOB_SETUP } from '../../src/prepare/kaniko-commands.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { PipelineInput } from '../../src/pipeline/input.ts';
import { makePlan } from '../../src/plan/plan.ts';
import { shareLegs } from '../../src/plan/share-legs.ts';
import { configured, settings } from './configured.ts';
import { image, input, uses } from './plan-input.ts';

type Images = Parameters<typeof input>[0];
type KnownFingerprint = Omit<NonNullable<Parameters<typeof input>[1]>, 'settings'> & {
  settings?: Partial<Settings>;
};

const TAGGED: Partial<Settings> = {
  kanikoJobs: true,
  runners: {
    'linux/amd64': ['saas-linux-small-amd64'],
    'linux/arm64': ['saas-linux-small-arm64'],
    'linux/arm/v7': ['saas-linux-small-arm64'],
    'wasm32-wasi': [],
  },
};

/** A plan as GitLab's `prepare` makes it. */
export function gitlabPlan(images: Images, { settings: more, ...told }: KnownFingerprint = {}): Plan {
  return makePlan(input(images, { ...told, settings: { ...TAGGED, ...more } }));
}

/** The input that `prepare` would hand over for a plan, on gitlab.com with everything at its default. */
export function pipelineInput(plan: Plan, more: Partial<PipelineInput> = {}): PipelineInput {
  return {
    plan,
    publishes: plan.run.push && plan.images.length > 0,
    commands: describeKanikoLegs({
      plan,
      settings: settings(),
      registry: { registry: 'registry.gitlab.example.com/acme/shop', insecure: false },
      sourceUrl: 'https://gitlab.example.com/acme/shop',
      // Jobs see MOTTO and name with another value, and ONLY_PREPARE not at all.
      env: { MOTTO: 'not this', name: 'not this', ONLY_PREPARE: 'set' },
      tagVariables: { GITHUB_REF_NAME: 'main', CI_COMMIT_REF_NAME: 'main' },
    }),
    kanikoSetup: JOB_SETUP,
    redact: true,
    images: {
      node: 'node:24',
      idle: 'busybox:1.37',
      kaniko: 'martizih/kaniko:v1.28.3-debug',
      buildkit: 'moby/buildkit:v0.26.3-rootless',
    },
    prepareJob: 'hephy:prepare',
    prefix: '',
    variables: {},
    idTokens: {},
    tags: [],
    hasBuildkit: false,
    ...more,
  };
}

/** One image of each backend: kaniko on ko, BuildKit on kaniko, and Spin beside them. */
export function mixedImages(): Images {
  const go = { import_path: './cmd/server', base_image: 'cgr.dev/chainguard/static:latest' };
  return [
    image(configured('api'), { backend: 'ko', reason: 'go.mod and cmd/', options: go }),
    image(configured('base')),
    image(configured('web'), { dependencies: [uses('api')], filledArguments: ['API_TAG', 'HEPHY_REGISTRY'] }),
    image(configured('site'), {
      backend: 'buildkit',
      dependencies: [uses('base')],
      filledArguments: ['BASE_TAG', 'HEPHY_REGISTRY'],
    }),
    image(configured('edge'), {
      backend: 'spin',
      reason: 'spin.toml',
      platforms: ['wasm32-wasi'],
      options: { manifest_path: 'spin.toml', build: true },
    }),
  ];
}

/** The plan of a merge request. */
export function mergeRequestPlan(mayPush: boolean, images: Images = mixedImages()): Plan {
  const event = {
    ...input([]).event,
    kind: 'merge_request' as const,
    number: 7,
    ref: 'refs/heads/feature/x',
  };
  return shareLegs(gitlabPlan(images, { event }), { number: 7, mayPush });
}
