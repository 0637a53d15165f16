import compare from 'semver/functions/compare-build.js';
import type { Relation } from '../changes/history.ts';
import type { TagLine } from '../domain/plan.ts';

/** A git tag that is a release, or a pre-release, of the image. */
export interface Release {
  readonly gitTag: string;
  readonly version: string;
  readonly prerelease: boolean;
}

/** All that counts for the question whether a run may move a tag that names another image. */
export interface TagFacts {
  readonly line: TagLine | undefined;
  /** How the commit that the tag names stands to the run's; undefined: the image does not say its commit. */
  readonly relation: Relation | undefined;
  /** What the run is for: the default branch, the push of a git tag, or anything else. */
  readonly from: 'default-branch' | 'git-tag' | 'elsewhere';
  /** The branch or git tag of the run is still at its commit; undefined: cannot be determined. */
  readonly current: boolean | undefined;
  /** Of the run's commit. */
  readonly release: Release | undefined;
  /** The highest of the commit that the tag names. */
  readonly theirRelease: Release | undefined;
  /** A higher release within the tag's line, or of all where the tag has none. */
  readonly higher: Release | undefined;
  /** Whether the default branch has the commit; undefined: cannot be determined. */
  readonly onDefault: { readonly ours: boolean | undefined; readonly theirs: boolean | undefined };
  /** Whether the branch or git tag of the run has the commit now. */
  readonly onRef: { readonly ours: boolean | undefined; readonly theirs: boolean | undefined };
}

const NEWER = 'it is of a newer commit';
const UNKNOWN = 'the history of its commit cannot be determined, as the repository cannot be asked';
const DEFAULT_KEEPS = 'the default branch keeps it';

/** Why the tag stays where it is; undefined: it moves. docs/adrs/0016 has the reasons. */
export function decideTag(facts: TagFacts): string | undefined {
  const { line, relation } = facts;
  if (relation === 'same') return undefined;
  if (line?.kind === 'version') return decideVersion(facts);
  if (line?.kind === 'ref') return decideRef(facts);
  if (facts.from === 'default-branch') return decideDefault(facts);
  if (facts.from === 'git-tag' && facts.release) return decideRelease(facts, facts.release);
  return decideElsewhere(facts);
}

function decideVersion({ higher, current, from }: TagFacts): string | undefined {
  if (higher) return `${higher.gitTag} is a higher release`;
  return from === 'git-tag' && current === false ? 'the git tag is at another commit by now' : undefined;
}

/** What a branch was reset to is what it is now; a run for a commit that it lost is late. */
function decideRef({ relation, current, onRef }: TagFacts): string | undefined {
  if (relation === undefined || relation === 'older' || current) return undefined;
  if (relation === 'newer') return NEWER;
  if (relation === 'unknown') return UNKNOWN;
  return onRef.theirs && onRef.ours === false
    ? 'the branch does not have the commit of this run any more'
    : undefined;
}

/** A release may be ahead of the default branch, and stays until that has caught up. */
function decideDefault(facts: TagFacts): string | undefined {
  const { relation, theirRelease } = facts;
  const isAhead = relation === 'newer' && theirRelease !== undefined && !theirRelease.prerelease;
  return isAhead ? NEWER : decideRef(facts);
}

function decideRelease(facts: TagFacts, release: Release): string | undefined {
  const { higher, relation, theirRelease, onDefault } = facts;
  if (release.prerelease) return decidePrerelease(release, theirRelease);
  if (higher) return `${higher.gitTag} is a higher release`;
  if (relation === 'newer') return NEWER;
  if (relation === 'unknown') return UNKNOWN;
  return relation === 'diverged' && onDefault.theirs !== false && !theirRelease ? DEFAULT_KEEPS : undefined;
}

function decidePrerelease(release: Release, theirs: Release | undefined): string | undefined {
  const follows = theirs?.prerelease === true && compare(release.version, theirs.version) > 0;
  return follows ? undefined : `${release.gitTag} is a pre-release`;
}

/** Another branch: it may go on with what no release and not the default branch keeps. */
function decideElsewhere({ relation, onDefault, theirRelease }: TagFacts): string | undefined {
  if (relation === 'newer') return NEWER;
  if (relation === 'unknown') return UNKNOWN;
  if (relation === undefined || relation === 'gone')
    return 'its commit cannot be found, and this is not the default branch';
  if (relation === 'older' && onDefault.ours) return undefined;
  if (theirRelease) return `${theirRelease.gitTag} keeps it`;
  return onDefault.theirs === false ? undefined : DEFAULT_KEEPS;
}
