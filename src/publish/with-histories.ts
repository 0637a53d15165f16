import type { RunContext } from '../session/run-context.ts';
import { type Invoked, isSet } from '../session/invoked.ts';
import { openHistories, type Histories } from './histories.ts';

/** Works with what decides over tags that are there already; `--force` and HEPHY_FORCE=true move all of them. */
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
