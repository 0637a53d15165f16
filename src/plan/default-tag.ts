import { HephyError } from '../errors.ts';
import type { Layout } from '../config/settings.ts';
import { closest } from '../domain/closest.ts';
import { cleanTag, LONGEST_TAG } from './tag-text.ts';

/** The longest end of an architecture image's tag: `-amd64`, `-arm64`, `-armv7`. */
const LONGEST_SUFFIX = 6;
export const LONGEST_DEFAULT_TAG = LONGEST_TAG - LONGEST_SUFFIX;
export const SHORT_SHA = 7;
const PLACEHOLDER = /\{([^{}]*)\}/g;

/**
 * What `tag_format` may hold. name: the image's, with its target. date: of the run, UTC, YYYYMMDD. sha: the first seven
 * characters of the source's commit, `-dirty` added where something is not committed. branch: the ref's short name. ref:
 * `upstream_ref` as v1 wrote it into tags; left out, with the separator before it, where there is none.
 */
const PLACEHOLDERS = ['name', 'date', 'sha', 'branch', 'ref'] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

export interface DefaultTag {
  readonly name: string;
  readonly date: string;
  /** Null where the commit could not be asked for. */
  readonly revision: string | null;
  readonly dirty: boolean;
  readonly ref: string;
  /** Absent where the config names none. */
  readonly upstreamRef?: string | undefined;
}

/** A tag format that cannot work is one problem of the project, not one of each image. */
export function checkTagFormat(format: string, layout: Layout): readonly HephyError[] {
  const used = [...format.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  const problems = used.filter((name) => !isPlaceholder(name)).map((name) => placeholderError(name));
  if (layout === 'tag' && !used.includes('name')) {
    const hint = 'Write tag_format: "{name}-{date}-{sha}", or set layout: repository.';
    const message = 'tag_format needs {name}: in the tag layout all images share one repository';
    problems.push(new HephyError('CONFIG_TAG', message, { hint }));
  }
  if (cleanTag(format.replace('{ref}', '').replace(PLACEHOLDER, 'x')) === '') {
    problems.push(
      new HephyError('CONFIG_TAG', 'tag_format is empty for images without an upstream_ref', {
        hint: 'Remove it to use the default, or add {date} or {sha}.',
      }),
    );
  }
  return problems;
}

/** The default tag of an image, short enough for an architecture to follow. */
export function formatDefaultTag(format: string, tag: DefaultTag): string {
  const written = tag.upstreamRef === undefined ? format.replace(/[-._]?\{ref\}/g, '') : format;
  const filled = written.replace(PLACEHOLDER, (placeholder, name: string) =>
    isPlaceholder(name) ? fill(name, tag) : placeholder,
  );
  const dirty = tag.dirty && !format.includes('{sha}') ? '-dirty' : '';
  return cleanTag(`${filled}${dirty}`, LONGEST_DEFAULT_TAG);
}

/** `refs/heads/feature/x` → `feature/x`; GitHub's `refs/pull/7/merge` → `pr-7`. */
export function shortRef(ref: string): string {
  return ref
    .replace(/^refs\/(heads|tags)\//, '')
    .replace(/^refs\/(?:pull|merge-requests)\/(\d+)\/.*$/, 'pr-$1');
}

function fill(
  placeholder: Placeholder,
  { name, date, revision, dirty, ref, upstreamRef }: DefaultTag,
): string {
  switch (placeholder) {
    case 'name':
      return name;
    case 'date':
      return date;
    case 'sha':
      return `${revision?.slice(0, SHORT_SHA) ?? 'unresolved'}${dirty ? '-dirty' : ''}`;
    case 'branch':
      return shortRef(ref);
    case 'ref':
      return (upstreamRef ?? '').replace(/[/.]/g, '-');
  }
}

function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.some((known) => known === name);
}

function placeholderError(name: string): HephyError {
  const near = closest(name, PLACEHOLDERS);
  const known = PLACEHOLDERS.map((placeholder) => `{${placeholder}}`).join(', ');
  return new HephyError('CONFIG_TAG', `tag_format: unknown placeholder {${name}}`, {
    hint: near === undefined ? `Placeholders: ${known}.` : `Did you mean {${near}}? Placeholders: ${known}.`,
  });
}
