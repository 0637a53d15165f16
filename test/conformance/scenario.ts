import type { Plan } from '../../src/domain/plan.ts';
import type { GitRepo } from '../support/git-repo.ts';
import type { World } from './world.ts';

/** What happened, in no platform's words; each surface says it in its own. */
export type Happening =
  | { readonly kind: 'push'; readonly branch: string; readonly before: string }
  | { readonly kind: 'merge_request'; readonly branch: string; readonly fromFork: boolean }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'schedule' }
  | { readonly kind: 'manual'; readonly images: string };

/** GitHub and GitLab both say it where a branch did not exist before. */
export const NOTHING_BEFORE = '0'.repeat(40);

export interface Story {
  readonly repo: GitRepo;
  readonly happening: Happening;
  /** The bare repository that stands in for the platform's. */
  readonly origin: string;
  /** Of the clone that is built in; whole where nothing is said. */
  readonly depth?: number;
  /** Built into the registry before: images of this revision, from the command line. */
  readonly published?: { readonly revision: string; readonly images: readonly string[] };
  /** The stamp of the default tag that `{name}-latest` must be the same image as, for each published image. */
  readonly latest?: '{before}' | '{stamp}';
  /** The commit of somebody else's repository that is built. */
  readonly upstream?: string;
  /** Of the machine that builds, beside what every machine has. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Scenario {
  readonly name: string;
  open(world: World): Promise<Story>;
  /** Action inputs, component inputs, flags of the command line: by their kebab-case name. */
  readonly inputs?: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

/** KnownFingerprint by hand, so that six surfaces that are wrong in the same way are found as well. */
export interface Expected {
  /**
   * Every tag of the images, in any order: `{stamp}` is the date and the short commit, `{before}` those of what was
   * published before, `{upstream}` the date and the upstream's commit.
   */
  readonly tags: readonly string[];
  /** The plan's jobs: what has a runner of its own where there are runners. */
  readonly jobs: readonly string[];
  /** `api ko`: what is built, by what. */
  readonly built: readonly string[];
}

/** What is left of a run, on whatever surface. */
export interface Ending {
  readonly plan: Plan;
  /** Tag → what stands there. */
  readonly contents: Readonly<Record<string, string>>;
  /** The jobs that ran, by the surface's own names. */
  readonly jobs: readonly string[];
}

export interface Surface {
  readonly name: string;
  run(performance: Performance): Promise<Omit<Ending, 'contents'>>;
  /** The exact set of jobs that must have run. */
  expectedJobs(expected: Expected): readonly string[];
}

/** One scenario on one surface. */
export interface Performance {
  readonly world: World;
  readonly story: Story;
  readonly inputs: Readonly<Record<string, string>>;
  /** A copy of the repository that is the surface's own. */
  readonly checkout: string;
  /** `host/path`, its own as well. */
  readonly registry: string;
  /** What the machine's environment holds, and nothing else. */
  readonly env: Readonly<Record<string, string>>;
}
