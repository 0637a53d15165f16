import type { ConfiguredImage, Layout } from '../config/settings.ts';
import type { HephyError } from '../errors.ts';
import type { PlanOutput, TagLine } from '../domain/plan.ts';
import { publishedNames } from '../domain/published.ts';
import { expandAdditionalTags, type AdditionalTag, type TagSource } from './additional-tags.ts';
import { formatDefaultTag, type DefaultTag } from './default-tag.ts';
import { cleanTag } from './tag-text.ts';

export interface NamingInput {
  readonly image: ConfiguredImage;
  readonly layout: Layout;
  readonly format: string;
  readonly defaultTag: Omit<DefaultTag, 'name'>;
  readonly tagSource: TagSource;
}

/** A published image before its legs are known, each tag with where it came from. */
export interface NamedOutput extends Pick<PlanOutput, 'name' | 'target' | 'repository' | 'tags'> {
  readonly lines: Readonly<Record<string, TagLine>>;
  readonly origins: Readonly<Record<string, string>>;
}

/** Names and tags of all that an image publishes: in the tag layout the name is part of each tag, else the repository. */
export function nameOutputs(input: NamingInput, problems: HephyError[]): readonly NamedOutput[] {
  const additional = expandAdditionalTags(input.tagSource, problems);
  return publishedNames(input.image.name, input.image.values).map(({ name, target }) => {
    const defaultTag = formatDefaultTag(input.format, { ...input.defaultTag, name });
    const origins = new Map([[defaultTag, 'tag_format']]);
    const lines: Record<string, TagLine> = {};
    for (const tag of additional) {
      const published = publishedTag(input.layout, name, tag);
      if (origins.has(published)) continue;
      origins.set(published, tag.origin);
      if (tag.line !== undefined) lines[published] = tag.line;
    }
    const repository = input.layout === 'tag' ? '' : name;
    return {
      name,
      target,
      repository,
      tags: [...origins.keys()],
      lines,
      origins: Object.fromEntries(origins),
    };
  });
}

function publishedTag(layout: Layout, name: string, { text }: AdditionalTag): string {
  return layout === 'tag' ? cleanTag(`${name}-${text}`) : text;
}

/** The tag that stands for an image of which no leg is in this run. */
export function fallbackTag(layout: Layout, name: string): string {
  return layout === 'tag' ? `${name}-latest` : 'latest';
}
