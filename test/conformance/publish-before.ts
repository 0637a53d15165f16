import { hephy } from '../support/hephy.ts';
import { checkOut } from './check-out.ts';
import type { Performance } from './scenario.ts';

/** The day on which all that was published before was built. */
export const DATE_BEFORE = '20261101';

/** What earlier runs left in the registry: `{name}-latest` to fall back on, legs that need no second build. */
export async function publishBefore({ story, registry, env }: Performance): Promise<void> {
  if (story.published === undefined) return;
  const { revision, images } = story.published;
  const cwd = await checkOut(story, revision);
  const args = ['build', '--registry', registry, '--images', images.join(','), '--date', DATE_BEFORE];
  const said = await hephy(args, { cwd, env });
  if (said.code !== 0) throw new Error(said.stderr);
}
