import { allowsFiles, checkUpstreamUrl } from '../changes/upstream-url.ts';
import type { LoadedConfigs } from '../config/load.ts';
import type { ChangeSet } from '../domain/change.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { expandAdditionalTags } from '../plan/additional-tags.ts';
import { findPlanProblems } from '../plan/plan.ts';
import type { RunContext } from '../session/run-context.ts';
import type { ChosenImage } from './choices.ts';
import { placeProblem } from './upstreams.ts';

export interface Checked {
  readonly runContext: RunContext;
  readonly loaded: LoadedConfigs;
  readonly chosen: readonly ChosenImage[];
  /** What the choice of backends and dependencies found. */
  readonly problems: readonly HephyError[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Ends the run when anything is wrong with any config, and then with everything that is. */
export function requireSound(checked: Checked): void {
  const { runContext, loaded } = checked;
  const known = [...runContext.problems, ...loaded.problems];
  const found = [
    ...checked.problems,
    ...findNameProblems(checked),
    ...findTagProblems(checked),
    ...findUrlProblems(checked),
  ];
  // Of images whose files cannot be used nobody can say what depends on them: config has judged `depends_on` already.
  const sound = loaded.faulty.length === 0 ? found : found.filter(({ code }) => code !== 'CONFIG_DEPENDENCY');
  const all = [...known, ...sound];
  if (all.length > 0) throw new HephyErrors(all);
}

const NO_CHANGES: ChangeSet = { base: null, basis: '', everything: null, files: [] };

/** What stands against a plan of the images that are sound, whichever of them will be built. */
function findNameProblems({ runContext, chosen, variables }: Checked): readonly HephyError[] {
  const { event, settings } = runContext;
  return findPlanProblems({
    ...{ event, settings, variables, changes: NO_CHANGES, verdicts: new Map() },
    ...{ gitTags: [], skipped: [], warnings: [] },
    head: { sha: '0'.repeat(40), commitTime: 0 },
    date: '20000101',
    images: chosen.map((image) => ({ ...image, upstreamCommit: null })),
  });
}

function findTagProblems({ loaded, variables }: Checked): readonly HephyError[] {
  const problems: HephyError[] = [];
  for (const image of loaded.faulty) {
    expandAdditionalTags({ image, version: undefined, prerelease: false, variables }, problems);
  }
  return problems;
}

/** Before anything is asked for: an address that must not be used is told with all else that is wrong. */
function findUrlProblems({ runContext, loaded }: Checked): readonly HephyError[] {
  const allowFile = allowsFiles(runContext.repo.env);
  return [...loaded.images, ...loaded.faulty].flatMap((image) => {
    const { upstream_repo: url } = image.values;
    if (url === undefined) return [];
    return problemsOf(() => checkUpstreamUrl({ url, allowFile })).map((problem) =>
      placeProblem(problem, image),
    );
  });
}

function problemsOf(decide: () => unknown): readonly HephyError[] {
  try {
    decide();
    return [];
  } catch (error) {
    if (error instanceof HephyErrors) return error.problems;
    if (error instanceof HephyError) return [error];
    throw error;
  }
}
