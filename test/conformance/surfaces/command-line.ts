import type { Plan } from '../../../src/domain/plan.ts';
import type { GitRepo } from '../../support/git-repo.ts';
import { hephy } from '../../support/hephy.ts';
import type { Performance, Story, Surface } from '../scenario.ts';

/** `hephy build` in a clone: no platform is there to say what happened, so flags do. */
export const commandLine: Surface = {
  name: 'the command line',
  run: async (performance) => {
    const flags = await eventFlags(performance.story);
    const plan: Plan = JSON.parse(await askHephy(performance, ['prepare', '--json', ...flags]));
    await askHephy(performance, ['build', ...flags]);
    return { plan, jobs: [] };
  },
  expectedJobs: () => [],
};

/** What it prints; settings come by flags, where there is one. */
export async function askHephy(performance: Performance, args: readonly string[]): Promise<string> {
  const { checkout, env, registry, inputs } = performance;
  const { push, ...others } = inputs;
  const flags = Object.entries({ registry, ...others }).map(([name, value]) => `--${name}=${value}`);
  const said = await hephy([...args, ...flags], { cwd: checkout, env: { ...env, HEPHY_PUSH: push } });
  if (said.code === 0) return said.stdout;
  throw new Error(`hephy ${args.join(' ')} exited ${said.code}:\n${said.stderr}`);
}

export async function eventFlags({ happening, repo }: Story): Promise<readonly string[]> {
  switch (happening.kind) {
    case 'push':
      return [
        '--event=push',
        ...((await isKnown(repo, happening.before)) ? [`--base=${happening.before}`] : []),
      ];
    case 'merge_request':
    case 'tag':
    case 'schedule':
      return [`--event=${happening.kind}`];
    case 'manual':
      return ['--event=manual', ...(happening.images === '' ? [] : [`--images=${happening.images}`])];
  }
}

/** Nobody can name a commit that never was, or that is gone. */
async function isKnown({ git }: GitRepo, commit: string): Promise<boolean> {
  return git('cat-file', '-e', commit).then(
    () => true,
    () => false,
  );
}
