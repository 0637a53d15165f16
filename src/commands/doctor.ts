import { type Finding, renderDoctor } from '../report/doctor.ts';
import { viewOf } from '../report/style.ts';
import { inspectEmulation } from '../system/tools/inspect-emulation.ts';
import { inspectTools, type ToolReport } from '../system/tools/inspect-tools.ts';
import { type Invoked, isSet } from '../session/invoked.ts';

/** Only git is required by every command. Another missing tool is no failure: only some images need it. */
export async function doctor({ env, output, flags }: Invoked): Promise<number> {
  const reports = (await Promise.all([inspectTools(env), inspectEmulation()])).flat();
  if (isSet(flags, 'json')) output.data(JSON.stringify(reports, null, 2));
  else output.data(renderDoctor(reports.map(findingOf), viewOf(output.stdout).style));
  return reports.some(({ name, state }) => name === 'git' && (state === 'missing' || state === 'broken'))
    ? 1
    : 0;
}

function findingOf({ name, state, version, path, source, origin, advice, purpose }: ToolReport): Finding {
  const status = state === 'missing' ? 'missing' : state === 'broken' ? 'problem' : 'found';
  const shownPath = source === 'cache' ? `${path ?? ''} (${origin ?? 'tool cache'})` : path;
  return { name, status, version, path: shownPath, hint: advice ?? purpose };
}
