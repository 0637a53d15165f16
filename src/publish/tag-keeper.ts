import type { History, Relation } from '../changes/history.ts';
import type { Refs } from '../changes/remote-refs.ts';
import type { Plan, PlanImage, PlanOutput, TagLine } from '../domain/plan.ts';
import type { Standing, TagKeeper } from '../registry/move-tags.ts';
import { readRevision } from '../registry/revision.ts';
import type { Repository } from '../registry/repository.ts';
import { decideTag, type TagFacts } from './decide-tag.ts';
import { findNewerTag, type NewerTag } from './newer-tags.ts';
import { findHigher, releaseAt } from './releases.ts';

export interface TagKeeperOptions {
  readonly plan: Plan;
  readonly image: PlanImage;
  readonly output: PlanOutput;
  /** That is published to. */
  readonly repository: Repository;
  /** Of the repository that the image's source is in. */
  readonly history: History;
}

/** Reads the facts for `decideTag` from git and the registry, for each tag. */
export function openKeeper(place: TagKeeperOptions): TagKeeper {
  return {
    reasonToKeep: async (tag, standing) => {
      const line = place.output.lines?.[tag];
      const revision = await readStanding(place.repository, standing);
      const reason = decideTag(await gatherFacts(place, line, revision));
      if (reason !== undefined) return describe(reason, revision);
      const newer = await findOvertaking(place, line);
      return newer && `${newer.tag} is of a newer commit`;
    },
    overtaken: async (tag) => {
      const newer = await findOvertaking(place, place.output.lines?.[tag]);
      return newer && { digest: newer.digest, why: `${newer.tag} was published meanwhile` };
    },
  };
}

function describe(reason: string, revision: string | undefined): string {
  return revision === undefined ? reason : `${reason} (${revision.slice(0, 7)})`;
}

/** An image that cannot be read counts as an image without a revision label. */
async function readStanding(repository: Repository, { manifest }: Standing): Promise<string | undefined> {
  return manifest && readRevision(repository, manifest);
}

async function gatherFacts(
  { plan, image, history }: TagKeeperOptions,
  line: TagLine | undefined,
  theirs: string | undefined,
): Promise<TagFacts> {
  const ours = image.revision;
  const relation = theirs === undefined ? undefined : await history.relation(ours, theirs);
  const refs = await history.refs();
  const { ref, defaultTip, from } = place(plan, image, refs);
  const tip = refs?.commits.get(ref);
  const release = image.version;
  const has = async (end: string | undefined, commit: string | undefined): Promise<boolean | undefined> =>
    end === undefined || commit === undefined ? undefined : history.contains(end, commit);
  const known = isKnown(relation) ? theirs : undefined;
  return {
    line,
    relation,
    from,
    current: refs === undefined || tip === undefined ? undefined : tip === ours,
    release,
    theirRelease: refs && theirs !== undefined ? releaseAt(refs, theirs, image.name) : undefined,
    higher: refs && release && findHigher(refs, { image: image.name, release, within: withinOf(line) }),
    onDefault: { ours: await has(defaultTip, ours), theirs: await has(defaultTip, known) },
    onRef: { ours: await has(tip, ours), theirs: await has(tip, known) },
  };
}

function withinOf(line: TagLine | undefined): string | undefined {
  return line?.kind === 'version' ? line.within : undefined;
}

function isKnown(relation: Relation | undefined): boolean {
  return relation !== undefined && relation !== 'gone' && relation !== 'unknown';
}

interface TagRun extends Pick<TagFacts, 'from'> {
  /** The branch or git tag whose commit is built. */
  readonly ref: string;
  readonly defaultTip: string | undefined;
}

/** For an image of an upstream, the upstream's ref decides, not the branch of this repository. */
function place({ run }: Plan, { source }: PlanImage, refs: Refs | undefined): TagRun {
  const own = run.defaultBranch ?? (source.kind === 'local' ? refs?.defaultBranch : undefined);
  const home = headOf(source.kind === 'local' ? own : refs?.defaultBranch);
  const from = sourceOf(run.ref, headOf(own));
  const ref = source.kind === 'local' ? run.ref : upstreamRef(source.ref, home, refs);
  return { ref, from, defaultTip: home === undefined ? undefined : refs?.commits.get(home) };
}

function headOf(branch: string | null | undefined): string | undefined {
  return branch ? `refs/heads/${branch}` : undefined;
}

/** If the default branch is unknown, every branch counts as the default branch. */
function sourceOf(ref: string, home: string | undefined): TagFacts['from'] {
  if (home === undefined || ref === home) return 'default-branch';
  return ref.startsWith('refs/tags/') ? 'git-tag' : 'elsewhere';
}

function upstreamRef(named: string, home: string | undefined, refs: Refs | undefined): string {
  if (named === 'HEAD') return home ?? 'HEAD';
  const names = [named, `refs/heads/${named}`, `refs/tags/${named}`];
  return names.find((name) => refs?.commits.has(name)) ?? named;
}

/** The tag of a newer commit of the same branch that was published. Releases are compared by version instead. */
async function findOvertaking(
  { plan, image, output, repository, history }: TagKeeperOptions,
  line: TagLine | undefined,
): Promise<NewerTag | undefined> {
  const refs = await history.refs();
  const { ref, from } = place(plan, image, refs);
  const tip = refs?.commits.get(ref);
  const follows = line?.kind === 'ref' || (line === undefined && from === 'default-branch');
  if (!follows || tip === undefined || tip === image.revision) return undefined;
  if (!(await history.contains(tip, image.revision))) return undefined;
  const commits = await history.listNewer(image.revision, tip);
  return findNewerTag(repository, image, { output, date: plan.run.date, commits });
}
