import { renderIgnored, renderSkipped } from '../report/explain.ts';
import { count } from '../report/measures.ts';
import { checkConfigs } from '../prepare/prepare.ts';
import { loadRunContext } from '../session/run-context.ts';
import { type Invoked, isSet } from '../session/invoked.ts';

/** Checks every config as a run does, and reports all errors at once. */
export async function validate(invoked: Invoked): Promise<number> {
  const { output, flags } = invoked;
  const { loaded } = await checkConfigs(await loadRunContext(invoked, { needsCommit: false }), invoked);
  if (isSet(flags, 'json')) {
    const images = loaded.images.map(({ name, config }) => ({ name, config }));
    const { skipped, warnings } = loaded;
    output.data(JSON.stringify({ images, skipped, warnings, errors: [] }, null, 2));
    return 0;
  }
  for (const warning of loaded.warnings) output.warn(warning);
  output.data(`${count(loaded.images.length, 'image')}, no problems.`);
  if (loaded.skipped.length > 0) output.data(renderSkipped(loaded.skipped));
  for (const line of renderIgnored(loaded.skipped)) output.data(line);
  return 0;
}
