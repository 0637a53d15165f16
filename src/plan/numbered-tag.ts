import { tagVariable } from '../domain/published.ts';
import type { Plan, PlanImage, PlanLeg, PlanOutput } from '../domain/plan.ts';
import { LONGEST_DEFAULT_TAG } from './default-tag.ts';
import { archTag } from './legs.ts';
import { cleanTag } from './tag-text.ts';

/** `api-20261120-a1b2c3d-2`: the second image of one commit and day. */
export function numberedTag(tag: string, number: number): string {
  return number === 1 ? tag : cleanTag(`${tag}-${number}`, LONGEST_DEFAULT_TAG);
}

/** The default tag as `tag_format` has it. */
export function plainTag({ plainTag: plain, tags }: Pick<PlanOutput, 'plainTag' | 'tags'>): string {
  return plain ?? tags[0] ?? '';
}

/** The plan with other default tags, by published name: for the legs, and for the images that are built on them too. */
export function changeDefaultTags(plan: Plan, tags: ReadonlyMap<string, string>): Plan {
  const images = plan.images.map((image) => changeImage(image, tags));
  const before = indexLegs(plan.images);
  const after = new Map(images.flatMap(({ legs }) => legs.map((leg) => [leg.id, leg.tag] as const)));
  const follow = (leg: PlanLeg): PlanLeg => ({ ...leg, dependencyTags: followTags(leg, before, after) });
  return { ...plan, images: images.map((image) => ({ ...image, legs: image.legs.map(follow) })) };
}

function changeImage(image: PlanImage, tags: ReadonlyMap<string, string>): PlanImage {
  const outputs = image.outputs.map((output) => changeOutput(output, tags.get(output.name)));
  const legs = image.legs.map((leg) => {
    const output = outputs.find(({ legs: ids }) => ids.includes(leg.id));
    return output && tags.has(output.name) ? { ...leg, tag: archTag(output, leg.platform) } : leg;
  });
  const all = outputs.flatMap((output) => output.tags);
  const origins = outputs.flatMap((output, at) =>
    output.tags.map((tag, index) => [tag, image.tagOrigins[image.outputs[at]?.tags[index] ?? tag] ?? '']),
  );
  return { ...image, outputs, legs, tags: [...new Set(all)], tagOrigins: Object.fromEntries(origins) };
}

function changeOutput(output: PlanOutput, tag: string | undefined): PlanOutput {
  if (tag === undefined || tag === output.tags[0]) return output;
  return { ...output, tags: [tag, ...output.tags.slice(1)], plainTag: plainTag(output) };
}

/** By variable. */
function indexLegs(images: readonly PlanImage[]): ReadonlyMap<string, readonly PlanLeg[]> {
  return new Map(
    images.flatMap(({ outputs, legs }) =>
      outputs.map(({ name, legs: ids }) => [tagVariable(name), legs.filter(({ id }) => ids.includes(id))]),
    ),
  );
}

function followTags(
  { dependencyTags }: PlanLeg,
  before: ReadonlyMap<string, readonly PlanLeg[]>,
  after: ReadonlyMap<string, string>,
): PlanLeg['dependencyTags'] {
  const entries = Object.entries(dependencyTags).map(([variable, tag]) => {
    const leg = before.get(variable)?.find((one) => one.tag === tag);
    return [variable, (leg && after.get(leg.id)) ?? tag];
  });
  return Object.fromEntries(entries);
}
