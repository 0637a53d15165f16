import type { PlanImage } from '../domain/plan.ts';

/** If a commit is not known yet, tags are shown in their format: the plan contains only a placeholder for the commit. */
export function showOpenTags(image: PlanImage): PlanImage {
  const { source, revision, tagOrigins } = image;
  if (source.kind === 'local' || source.commit !== null) return image;
  const commit = new RegExp(`(^|-)${revision}(?=-|$)`);
  const show = (tag: string): string => tag.replace(commit, '$1{sha}');
  const isDefault = (tag: string): boolean => tagOrigins[tag] === 'tag_format';
  const showPublished = (tag: string): string => (isDefault(tag) ? show(tag) : tag);
  const showOrigin = (tag: string, origin: string): string =>
    showPublished(tag) === tag ? origin : `${origin}, with the commit of the upstream, which is unknown`;
  return {
    ...image,
    tags: image.tags.map(showPublished),
    tagOrigins: Object.fromEntries(
      Object.entries(tagOrigins).map(([tag, origin]) => [showPublished(tag), showOrigin(tag, origin)]),
    ),
    outputs: image.outputs.map((output) => ({ ...output, tags: output.tags.map(showPublished) })),
    legs: image.legs.map((leg) => ({ ...leg, tag: show(leg.tag) })),
  };
}
