import type { ConfiguredImage, Settings } from '../../src/config/settings.ts';
import type { ImageConfig } from '../../src/config/schema.ts';
import { NO_LOGIN_SETTINGS } from '../../src/domain/login.ts';
import type { ContextFacts } from '../../src/domain/choice.ts';

/** An image as config/ would hand it on: `dir` is its name unless told otherwise, and every field stands at 7:5. */
export function configured(
  name: string,
  values: ImageConfig = {},
  more: Partial<ConfiguredImage> = {},
): ConfiguredImage {
  const dir = more.dir ?? name;
  const dockerfile = more.dockerfile ?? `${dir}/${values.dockerfile_path ?? 'Dockerfile'}`;
  return {
    name,
    dir,
    config: `${dir}/build-config.yaml`,
    positionOf: () => ({ line: 7, column: 5 }),
    values,
    context: dir,
    dockerfile,
    dockerfiles: [dockerfile],
    namesDockerfile:
      values.dockerfile_path !== undefined || values.target !== undefined || values.targets !== undefined,
    platforms: undefined,
    platformsOrigin: undefined,
    ...more,
  };
}

export function facts(more: Partial<ContextFacts> = {}): ContextFacts {
  return {
    hasGoMod: false,
    commands: [],
    hasCmd: false,
    hasSpinToml: false,
    dockerfile: undefined,
    ...more,
  };
}

export function settings(more: Partial<Settings> = {}): Settings {
  return {
    registry: undefined,
    layout: 'tag',
    tagFormat: more.layout === 'repository' ? '{date}-{sha}' : '{name}-{date}-{sha}',
    ignore: [],
    defaults: {},
    runners: {
      'linux/amd64': ['ubuntu-24.04'],
      'linux/arm64': ['ubuntu-24.04-arm'],
      'linux/arm/v7': ['ubuntu-24.04-arm'],
      'wasm32-wasi': ['ubuntu-24.04'],
    },
    backendOverride: { byImage: {} },
    jobs: undefined,
    maxJobs: 4,
    fanOut: 'native',
    kanikoJobs: false,
    rebuild: 'changed',
    rebuildDependents: true,
    push: 'auto',
    redact: true,
    insecureRegistries: [],
    registryMirrors: [],
    login: NO_LOGIN_SETTINGS,
    kanikoImage: undefined,
    buildkitImage: undefined,
    ...more,
  };
}
