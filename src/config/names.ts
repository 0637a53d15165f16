import { quote } from './field-path.ts';
import type { Finding } from './finding.ts';
import type { Layout } from './settings.ts';

/** A name leads the tag, so it may have what tags have; 100 leave room for a target, date, commit and architecture. */
const TAG_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** A name is a part of the repository's path, which has no capitals. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const REPOSITORY_NAME = /^(?=.{1,100}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

export function isLegalName(name: string, layout: Layout): boolean {
  return (layout === 'tag' ? TAG_NAME : REPOSITORY_NAME).test(name);
}

/** What of a text can stand in a name; empty where nothing can. */
export function cleanName(text: string, layout: Layout): string {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  if (layout === 'tag') return plain;
  return plain
    .toLowerCase()
    .replace(/[._-]{2,}/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '');
}

interface Naming {
  readonly name: string | undefined;
  readonly dir: string;
  readonly repositoryName: string;
  readonly layout: Layout;
}

/** `services/api` is called `services-api`, the root as the repository is; a `name` is taken as it stands, or refused. */
export function nameImage({ name, dir, repositoryName, layout }: Naming): {
  name: string;
  findings: readonly Finding[];
} {
  const source = name ?? (dir === '.' ? repositoryName : dir.replaceAll('/', '-'));
  const clean = cleanName(source, layout);
  const chosen = name ?? clean;
  if (isLegalName(chosen, layout)) return { name: chosen, findings: [] };
  const text =
    name === undefined
      ? `the directory ${quote(dir)} cannot be turned into a name that is valid in a tag`
      : `${quote(name)} is not valid in a tag`;
  return {
    name: chosen,
    findings: [{ code: 'CONFIG_NAME', field: 'name', text, hint: hintFor(clean, layout) }],
  };
}

function hintFor(clean: string, layout: Layout): string {
  if (isLegalName(clean, layout)) return `Set name: ${clean}`;
  const letters = layout === 'tag' ? 'letters' : 'lower-case letters';
  return `Set name, at most 100 ${letters}, digits, ".", "_" and "-", starting with a letter or digit.`;
}
