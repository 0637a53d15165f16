import type { ChangedFile, ChangeSet, ImageInputs, Verdict } from '../domain/change.ts';
import { closest } from '../domain/closest.ts';
import type { RunEvent } from '../domain/event.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { showControls } from '../system/terminal/text.ts';
import { indexInputs } from './input-index.ts';

export interface AffectedInput {
  readonly images: readonly ImageInputs[];
  readonly changes: ChangeSet;
  readonly event: RunEvent;
  /** Images that the user selected: these are built, independent of the event. Null if the user selected none. */
  readonly requested: 'all' | readonly string[] | null;
  /** For a schedule: the images in rebuild-weekly.txt. */
  readonly weekly: readonly string[] | null;
}

/** A change of these files affects every image. */
const PROJECT_FILES = ['.hephy/project.yaml', '.hephy/project.yml'];

/** Decides for each image whether it is built, and why. Images that depend on an affected one are added later, in `plan/`. */
export function decideAffected(question: AffectedInput): ReadonlyMap<string, Verdict> {
  const chosen = chooseByName(question);
  const inputs = matchInputs(question);
  const verdicts = question.images.map((image) => {
    const changed = inputs.counted.get(image.name) ?? [];
    const dirty = changed.some((file) => file.uncommitted);
    if (chosen) return [image.name, { ...chosen(image.name), dirty }] as const;
    const why = explainChange(question, image, changed);
    const otherwise = inputs.documented.has(image.name) ? 'only documentation changed' : 'no change';
    return [image.name, { affected: why !== undefined, why: why ?? otherwise, dirty }] as const;
  });
  return new Map(verdicts);
}

type Chosen = Pick<Verdict, 'affected' | 'why'>;

/** The decision for each name if names decide and not changed files (a manual run, a schedule); else undefined. */
function chooseByName(question: AffectedInput): ((name: string) => Chosen) | undefined {
  const { event, weekly } = question;
  const requested = question.requested ?? (event.kind === 'manual' ? event.images : null);
  if (requested !== null) {
    const names = requested === 'all' || requested.length === 0 ? 'all' : knownNames(question, requested);
    return (name) => makeChoice(names === 'all' || names.has(name), ['requested', 'not requested']);
  }
  if (event.kind !== 'schedule') return undefined;
  const listed = new Set(weekly);
  return (name) => makeChoice(listed.has(name), ['schedule', 'not in rebuild-weekly.txt']);
}

function makeChoice(affected: boolean, [yes, no]: readonly [string, string]): Chosen {
  return { affected, why: affected ? yes : no };
}

function knownNames(question: AffectedInput, requested: readonly string[]): ReadonlySet<string> {
  const known = question.images.map((image) => image.name);
  const names = new Set(known);
  const problems = requested.filter((name) => !names.has(name)).map((name) => unknownImage(name, known));
  if (problems.length > 0) throw new HephyErrors(problems);
  return new Set(requested);
}

function unknownImage(name: string, known: readonly string[]): HephyError {
  const near = closest(name, known);
  const guess = near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`;
  return new HephyError('IMAGE_UNKNOWN', `there is no image ${JSON.stringify(name)}${guess}`, {
    hint: '`hephy explain` lists the images of this repository.',
  });
}

interface MatchedInputs {
  readonly counted: ReadonlyMap<string, readonly ChangedFile[]>;
  /** Images whose documentation changed, which does not rebuild them. */
  readonly documented: ReadonlySet<string>;
}

function matchInputs(question: AffectedInput): MatchedInputs {
  const index = indexInputs(question.images);
  const everyone = question.images.map((image) => image.name);
  const counted = new Map<string, ChangedFile[]>(everyone.map((name) => [name, []]));
  const documented = new Set<string>();
  for (const file of question.changes.files) {
    const names = PROJECT_FILES.includes(file.path) ? everyone : index.imagesOf(file.path);
    for (const name of names) counted.get(name)?.push(file);
    for (const name of index.ignoredBy(file.path)) documented.add(name);
  }
  return { counted, documented };
}

function explainChange(
  { changes, event }: AffectedInput,
  image: ImageInputs,
  changed: readonly ChangedFile[],
): string | undefined {
  if (event.kind === 'tag' && image.followsTags)
    return `tag ${showControls(event.ref.replace(/^refs\/tags\//, ''))}`;
  if (changes.everything !== null) return changes.everything;
  const [first] = changed;
  if (first === undefined) return undefined;
  const more = changed.length > 1 ? ` and ${changed.length - 1} more` : '';
  return `changed: ${showControls(first.path)}${importedBy(image, first)}${more}`;
}

/** For a Go package outside of the directories of the image, explains why it is an input. */
function importedBy({ go, directories }: ImageInputs, { path }: ChangedFile): string {
  const inside = directories.some((folder) => folder === '.' || path.startsWith(`${folder}/`));
  const program = go?.packages[0];
  if (program === undefined || inside || !path.endsWith('.go')) return '';
  return ` (imported by ${showControls(program)})`;
}
