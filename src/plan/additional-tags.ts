import { HephyError } from '../errors.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import { closest } from '../domain/closest.ts';
import { expandVariables } from '../domain/expand.ts';
import type { TagLine } from '../domain/plan.ts';
import { fieldPosition } from '../domain/position.ts';
import { cleanTag, isLegalTag } from './tag-text.ts';
import type { Version } from './version.ts';

/** Longer than any tag with its variables: what is longer is a mistake or an attack. */
const LONGEST_WRITTEN = 1024;
/** `{major}`, but not `${major}`. */
const PATTERN = /(?<!\$)\{([^{}]*)\}/g;
const PATTERNS = ['version', 'major', 'minor', 'patch'] as const;
type Pattern = (typeof PATTERNS)[number];

const REF_LINE: TagLine = { kind: 'ref' };
/** Variables whose value is the name or number of what the run is for. */
const REF_VARIABLES: ReadonlySet<string> = new Set([
  ...['GITHUB_REF', 'GITHUB_REF_NAME', 'GITHUB_HEAD_REF', 'BRANCH_NAME', 'PR_NUMBER'],
  ...['CI_COMMIT_REF_NAME', 'CI_COMMIT_REF_SLUG', 'CI_COMMIT_BRANCH', 'CI_COMMIT_TAG'],
  ...['CI_MERGE_REQUEST_SOURCE_BRANCH_NAME', 'CI_MERGE_REQUEST_IID'],
]);

export interface TagSource {
  readonly image: ConfiguredImage;
  readonly version: Version | undefined;
  /** A tag push of a pre-release: nothing that others follow may move. */
  readonly prerelease: boolean;
  /** By name. An empty value is a known variable that this run has no value for: its tag is left out. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface AdditionalTag {
  readonly text: string;
  /** For `explain`: `additional_tags`, `{major}.{minor} from git tag v1.4.2`. */
  readonly origin: string;
  /** Undefined: all branches share it. */
  readonly line: TagLine | undefined;
}

interface Written {
  readonly text: string;
  readonly field: string;
  readonly source: TagSource;
}

/** The expanded `additional_tags` of an image, without its name; those that this run has no value for are left out. */
export function expandAdditionalTags(source: TagSource, problems: HephyError[]): readonly AdditionalTag[] {
  return (source.image.values.additional_tags ?? []).flatMap((text, index) => {
    const expanded = expandTag({ text, field: `additional_tags[${index}]`, source });
    if (!(expanded instanceof HephyError)) return expanded ?? [];
    problems.push(expanded);
    return [];
  });
}

function expandTag(written: Written): AdditionalTag | HephyError | undefined {
  const { text } = written;
  if (text.length > LONGEST_WRITTEN) return fault(written, 'too long', 'A tag has at most 128 characters.');
  const patterns = [...text.matchAll(PATTERN)].map(([, name = '']) => name);
  const unknown = patterns.find((name) => !isPattern(name));
  if (unknown !== undefined) return patternFault(written, unknown);
  if (patterns.length > 0) return expandPatterns(written, patterns);
  if (!text.includes('${')) return checkLiteral(written);
  const line = namesOf(text).some((name) => REF_VARIABLES.has(name)) ? REF_LINE : undefined;
  return expandNames(written, text, { origin: `additional_tags ${text}`, line });
}

function checkLiteral({ text, field, source }: Written): AdditionalTag | HephyError | undefined {
  if (text === 'latest' && source.prerelease) return undefined;
  if (isLegalTag(text)) return { text, origin: 'additional_tags', line: undefined };
  const near = cleanTag(text);
  const hint = near === '' ? 'Letters, digits, "_", "." and "-" are allowed.' : `"${near}" is legal.`;
  return fault({ text, field, source }, `"${text}" is not a legal tag`, hint);
}

/** A pre-release has a version of its own, but never moves what stands for a whole line of versions. */
function expandPatterns(
  written: Written,
  patterns: readonly string[],
): AdditionalTag | HephyError | undefined {
  const { version } = written.source;
  if (version === undefined || (version.prerelease && !patterns.includes('version'))) return undefined;
  const filled = written.text.replace(PATTERN, (whole, name: string) =>
    isPattern(name) ? String(version[name]) : whole,
  );
  return expandNames(written, filled, {
    origin: `${written.text} from git tag ${version.gitTag}`,
    line: { kind: 'version', within: withinOf(version, patterns) },
  });
}

/** `{major}` is of all releases within 1, `{major}.{minor}` of those within 1.4. */
function withinOf({ major, minor, patch }: Version, patterns: readonly string[]): string {
  if (patterns.some((name) => name === 'version' || name === 'patch')) return `${major}.${minor}.${patch}`;
  return patterns.includes('minor') ? `${major}.${minor}` : String(major);
}

/** Variables come last, so that a branch called `{major}` stays a branch. */
function expandNames(
  written: Written,
  text: string,
  known: Pick<AdditionalTag, 'origin' | 'line'>,
): AdditionalTag | HephyError | undefined {
  const { variables } = written.source;
  const { text: expanded, missing } = expandVariables(text, variables);
  const [unset] = missing;
  if (unset !== undefined) return variableFault(written, unset);
  const tag = cleanTag(expanded);
  return tag === '' || usesEmpty(text, variables) ? undefined : { text: tag, ...known };
}

function usesEmpty(text: string, variables: TagSource['variables']): boolean {
  return [...text.matchAll(/\$\{(\w+)\}/g)].some(([, name = '']) => variables[name] === '');
}

function namesOf(text: string): readonly string[] {
  return [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name);
}

function isPattern(name: string): name is Pattern {
  return PATTERNS.some((known) => known === name);
}

function patternFault(written: Written, name: string): HephyError {
  const near = closest(name, PATTERNS);
  const known = PATTERNS.map((pattern) => `{${pattern}}`).join(', ');
  return fault(
    written,
    `unknown pattern {${name}}`,
    near === undefined
      ? `The patterns are ${known}; write variables as \${NAME}.`
      : `Did you mean {${near}}?`,
  );
}

function variableFault(written: Written, name: string): HephyError {
  const near = closest(name, Object.keys(written.source.variables));
  const hint = near === undefined ? `Give it a default: \${${name}:-none}` : `Did you mean \${${near}}?`;
  return new HephyError('CONFIG_VARIABLE', `${written.field}: the variable ${name} is not set`, {
    at: fieldPosition(written.source.image, written.field),
    hint,
  });
}

function fault(written: Written, message: string, hint: string): HephyError {
  const at = fieldPosition(written.source.image, written.field);
  return new HephyError('CONFIG_TAG', `${written.field}: ${message}`, { at, hint });
}
