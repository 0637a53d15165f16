import { PLATFORMS } from '../domain/platform.ts';
import type { Project } from './load-project.ts';
import type { Settings } from './settings.ts';

type Runners = Settings['runners'];

/** GitHub's own machines, native for each architecture. */
const HOSTED: Runners = {
  'linux/amd64': ['ubuntu-24.04'],
  'linux/arm64': ['ubuntu-24.04-arm'],
  'linux/arm/v7': ['ubuntu-24.04-arm'],
  'wasm32-wasi': ['ubuntu-24.04'],
};
/** Without tags, any GitLab runner may run a job. */
const UNTAGGED: Runners = { 'linux/amd64': [], 'linux/arm64': [], 'linux/arm/v7': [], 'wasm32-wasi': [] };

interface RunnerSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly project: Project;
  readonly platformId: 'github' | 'gitlab' | 'local';
  readonly runsOn?: 'github' | 'gitlab';
}

/** Each platform separately: runners for one platform do not change those of the others. */
export function pickRunners(
  { env, project, platformId, runsOn }: RunnerSources,
  named: Project['runners'],
): Runners {
  const formerly = formerRunners(env);
  const standard = (runsOn ?? platformId) === 'gitlab' ? UNTAGGED : HOSTED;
  const picked = { ...standard };
  for (const platform of PLATFORMS) {
    const labels = named?.[platform] ?? formerly[platform] ?? project.runners?.[platform];
    if (labels !== undefined) picked[platform] = typeof labels === 'string' ? [labels] : labels;
  }
  return picked;
}

/** v1's runner tags on GitLab. */
function formerRunners(env: RunnerSources['env']): Readonly<Record<string, string | undefined>> {
  const amd64 = env['CICD_TAG_AMD64'] || env['CICD_TAG'] || undefined;
  const arm64 = env['CICD_TAG_ARM64'] || undefined;
  return {
    'linux/amd64': amd64,
    'linux/arm64': arm64,
    'linux/arm/v7': arm64,
    'wasm32-wasi': env['CICD_TAG'] || amd64,
  };
}
