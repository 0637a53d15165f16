import type { RunContext } from '../session/run-context.ts';
import { type Invoked, isSet } from '../session/invoked.ts';
import { openHistories, type Histories } from './histories.ts';

/** Runs `work` with the git histories that decide whether a tag may move; `--force` and HEPHY_FORCE=true move all tags. */
export async function withHistories<T>(
  { flags, env }: Invoked,
  { repo, ci }: Pick<RunContext, 'repo' | 'ci'>,
  work: (histories: Histories | undefined) => Promise<T>,
): Promise<T> {
  if (isSet(flags, 'force') || env['HEPHY_FORCE'] === 'true' || ci.input('force') === 'true') {
    return work(undefined);
  }
  const token = env['GITHUB_TOKEN'] || ci.input('token');
  const histories = openHistories({ repo, env: { ...env, ...(token && { GITHUB_TOKEN: token }) } });
  try {
    return await work(histories);
  } finally {
    await histories.close();
  }
}
