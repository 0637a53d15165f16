import { findBrokenLink } from '../domain/broken-link.ts';
import { closest } from '../domain/closest.ts';
import type { FileTree } from '../domain/tree.ts';
import { HephyError } from '../errors.ts';
import { showControls } from '../system/terminal/text.ts';

export const WEEKLY_FILE = 'rebuild-weekly.txt';

export interface NamedImage {
  readonly name: string;
  readonly dir: string;
}

export interface WeeklyList {
  /** Names of images, in the order of the file. */
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/** Reads the images that a schedule rebuilds. Without the file it fails: rebuilding all or nothing would be a guess. */
export async function readWeekly(tree: FileTree, images: readonly NamedImage[]): Promise<WeeklyList> {
  const content = await tree.read(WEEKLY_FILE);
  if (content !== undefined) return parseWeekly(content.toString('utf8'), images);
  const broken = findBrokenLink(tree, WEEKLY_FILE);
  const message = broken?.text ?? `this is a scheduled run, and ${WEEKLY_FILE} does not exist`;
  throw new HephyError('SCHEDULE_FILE', message, {
    at: { file: WEEKLY_FILE },
    hint:
      broken?.hint ??
      `Commit a ${WEEKLY_FILE} at the root of the repository, with the name of one image on each line.`,
  });
}

/** One image a line, by name or directory; `#` starts a comment. */
export function parseWeekly(text: string, images: readonly NamedImage[]): WeeklyList {
  const byWord = new Map<string, string>();
  for (const image of images) byWord.set(image.dir, image.name);
  for (const image of images) byWord.set(image.name, image.name);
  const names = new Set<string>();
  const warnings: string[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const word = line.replace(/(^|\s)#.*$/, '').trim();
    const name = byWord.get(word) ?? byWord.get(word.replace(/^\.\/+(?=.)/, '').replace(/\/+$/, ''));
    if (name !== undefined) names.add(name);
    else if (word !== '') warnings.push(`${WEEKLY_FILE}:${index + 1}: ${describeUnknown(word, byWord)}`);
  }
  return { names: [...names], warnings };
}

function describeUnknown(word: string, known: ReadonlyMap<string, string>): string {
  const near = closest(word, [...known.keys()]);
  return `image "${showControls(word)}" does not exist${near === undefined ? '' : `, did you mean "${near}"?`}`;
}
