import { quote } from './field-path.ts';
import type { Finding } from './finding.ts';
import type { Layout } from './settings.ts';

/** Tags start with the name, so the characters of tags are allowed; 100 of them leave room for target, date, commit and architecture. */
const TAG_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** The name is part of the repository path, which must be lower case. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const REPOSITORY_NAME = /^(?=.{1,100}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

export function isLegalName(name: string, layout: Layout): boolean {
  return (layout === 'tag' ? TAG_NAME : REPOSITORY_NAME).test(name);
}

/** The text without the characters that are not allowed in a name; may be empty. */
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

/** `services/api` gets the name `services-api`, the root image that of the repository. A `name` in the config is never changed: it is valid or refused. */
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
