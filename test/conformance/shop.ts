import { createGitRepo, type GitRepo } from '../support/git-repo.ts';
import type { World } from './world.ts';

type Files = Readonly<Record<string, string>>;

/** Where the repository says that it comes from. Nothing is ever asked there: see redirects. */
export const ORIGIN = 'https://github.com/acme/shop.git';

export interface Shop {
  readonly repo: GitRepo;
  /** Makes `origin` of what was committed so far, with every branch and tag; gives its folder. */
  release(): Promise<string>;
}

/** A repository with the files that start a pipeline on every platform; what differs from surface to surface is a variable. */
export async function createShop(world: World, files: Files): Promise<Shop> {
  const repo = await createGitRepo({ ...WORKFLOWS, ...gitlabPipelines(world), ...files });
  const release = async (): Promise<string> => {
    const bare = await repo.addBareRemote();
    await repo.git('remote', 'set-url', 'origin', ORIGIN);
    await repo.git('remote', 'set-head', 'origin', 'main');
    return bare;
  };
  return { repo, release };
}

/** https://git-scm.com/docs/git-config#Documentation/git-config.txt-GIT_CONFIGCOUNT */
export function redirects(places: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(places).map(([url, folder], at) => ({
    [`GIT_CONFIG_KEY_${at}`]: `url.file://${folder}.insteadOf`,
    [`GIT_CONFIG_VALUE_${at}`]: url,
  }));
  return Object.assign({ GIT_CONFIG_COUNT: String(entries.length) }, ...entries);
}

const TRIGGERS = `on:
  push: {}
  pull_request: {}
  schedule: [{ cron: '0 3 * * 1' }]
  workflow_dispatch:
    inputs:
      images: { type: string, required: false }
`;

export const ACTION_WORKFLOW = '.github/workflows/action.yml';
export const REUSABLE_WORKFLOW = '.github/workflows/reusable.yml';

const INPUTS = `registry: \${{ vars.REGISTRY }}
backend: \${{ vars.BACKEND }}
layout: \${{ vars.LAYOUT }}
push: \${{ vars.PUSH }}
images: \${{ inputs.images }}`;

const WORKFLOWS = {
  [ACTION_WORKFLOW]: `${TRIGGERS}jobs:
  images:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0 }
      - uses: kingdon-ci/hephy-builder@v2
        with:
${indent(10, INPUTS)}
`,
  [REUSABLE_WORKFLOW]: `${TRIGGERS}jobs:
  images:
    permissions: { contents: read, packages: write, id-token: write }
    uses: kingdon-ci/hephy-builder/.github/workflows/build.yml@v2
    with:
${indent(6, INPUTS)}
`,
};

export const INCLUDE_PIPELINE = '.gitlab-ci.yml';
export const COMPONENT_PIPELINE = 'component.gitlab-ci.yml';
/** By themselves both leave branches to their merge requests: these are of a project that builds its branches too. */
export const BRANCHES_PIPELINE = 'branches.gitlab-ci.yml';
export const BRANCHES_COMPONENT = 'branches-component.gitlab-ci.yml';

const COMPONENT = `include:
  - component: $CI_SERVER_FQDN/kingdon-ci/hephy-builder/build@2
    inputs:
      registry: $SHOP_REGISTRY
      backend: $SHOP_BACKEND
      layout: $SHOP_LAYOUT
      push: $SHOP_PUSH
      images: $SHOP_IMAGES
`;

function gitlabPipelines({ pages }: World): Files {
  const included = `include:\n  - remote: '${pages}/gitlab/hephy-build.yml'\n`;
  const always = ['hephy:prepare', 'hephy:build'].map((job) => `${job}:\n  rules: [{ when: always }]\n`);
  return {
    [INCLUDE_PIPELINE]: included,
    [COMPONENT_PIPELINE]: COMPONENT,
    [BRANCHES_PIPELINE]: [included, ...always].join('\n'),
    [BRANCHES_COMPONENT]: [COMPONENT, ...always].join('\n'),
  };
}

function indent(by: number, text: string): string {
  return text.replaceAll(/^/gm, ' '.repeat(by));
}

/** By BuildKit, from nothing: two files, no base, no `RUN`. */
export function scratchImage(dir: string, config = 'additional_tags: [latest]\n'): Files {
  return {
    [`${dir}/build-config.yaml`]: `build_backend: buildkit\n${config}`,
    [`${dir}/Dockerfile`]: `FROM scratch\nCOPY content.txt /${dir}.txt\n`,
    [`${dir}/content.txt`]: `${dir}\n`,
  };
}

/** The same on another image of the repository. */
export function imageOn(below: string, dir: string, config?: string): Files {
  const tag = `${below.toUpperCase().replaceAll('-', '_')}_TAG`;
  const from = `ARG HEPHY_REGISTRY\nARG ${tag}\nFROM \${HEPHY_REGISTRY}:\${${tag}}\n`;
  return { ...scratchImage(dir, config), [`${dir}/Dockerfile`]: `${from}COPY content.txt /${dir}.txt\n` };
}

/** By ko, without a Dockerfile. */
export function goImage(world: World, dir: string, config = 'additional_tags: [latest]\n'): Files {
  return {
    [`${dir}/build-config.yaml`]: `ko_config: {base_image: "${world.base}", sbom: none}\n${config}`,
    [`${dir}/go.mod`]: `module example.com/${dir}\n\ngo 1.22\n`,
    [`${dir}/cmd/${dir}/main.go`]: `package main\n\nfunc main() { println("${dir}") }\n`,
  };
}

/** A Spin application of one component, which its build command writes. */
export function spinImage(dir: string): Files {
  const component = '[component.edge]\nsource = "edge.wasm"\n\n[component.edge.build]\n';
  return {
    [`${dir}/build-config.yaml`]: 'additional_tags: [latest]\n',
    [`${dir}/.gitignore`]: '*.wasm\n',
    [`${dir}/spin.toml`]: `spin_manifest_version = 2

[application]
name = "${dir}"
version = "0.1.0"

[[trigger.http]]
route = "/..."
component = "edge"

${component}command = "printf '\\\\0asm\\\\1\\\\0\\\\0\\\\0' > edge.wasm"
`,
  };
}
