import { allowsFiles, checkUpstreamUrl } from '../changes/upstream-url.ts';
import type { LoadedConfigs } from '../config/load.ts';
import type { ChangeSet } from '../domain/change.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { expandAdditionalTags } from '../plan/additional-tags.ts';
import { findPlanProblems } from '../plan/plan.ts';
import type { RunContext } from '../session/run-context.ts';
import type { ChosenImage } from './choices.ts';
import { locateProblem } from './upstreams.ts';

export interface Checked {
  readonly runContext: RunContext;
  readonly loaded: LoadedConfigs;
  readonly chosen: readonly ChosenImage[];
  /** Found while choosing backends and dependencies. */
  readonly problems: readonly HephyError[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Throws if any config has a problem, with all problems of all configs. */
export function requireNoProblems(checked: Checked): void {
  const { runContext, loaded } = checked;
  const known = [...runContext.problems, ...loaded.problems];
  const found = [
    ...checked.problems,
    ...findNameProblems(checked),
    ...findTagProblems(checked),
    ...findUrlProblems(checked),
  ];
  // With a faulty config, dependencies are incomplete and their problems may be false; config/ has checked `depends_on`.
  const reliable =
    loaded.faulty.length === 0 ? found : found.filter(({ code }) => code !== 'CONFIG_DEPENDENCY');
  const all = [...known, ...reliable];
  if (all.length > 0) throw new HephyErrors(all);
}

const NO_CHANGES: ChangeSet = { base: null, basis: '', everything: null, files: [] };

/** Problems of a plan for all images with a valid config, whether they will be built or not. */
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

/** Checked before any request, so that a forbidden URL is reported together with all other problems. */
function findUrlProblems({ runContext, loaded }: Checked): readonly HephyError[] {
  const allowFile = allowsFiles(runContext.repo.env);
  return [...loaded.images, ...loaded.faulty].flatMap((image) => {
    const { upstream_repo: url } = image.values;
    if (url === undefined) return [];
    return problemsOf(() => checkUpstreamUrl({ url, allowFile })).map((problem) =>
      locateProblem(problem, image),
    );
  });
}

function problemsOf(check: () => unknown): readonly HephyError[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof HephyErrors) return error.problems;
    if (error instanceof HephyError) return [error];
    throw error;
  }
}
