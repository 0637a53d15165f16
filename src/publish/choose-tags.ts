import type { Plan, PlanImage, PlanOutput } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { changeDefaultTags } from '../plan/numbered-tag.ts';
import { chooseDatedTag } from '../registry/dated-tag.ts';
import { previewJoin, type JoinRequest } from '../registry/join.ts';
import type { Registries } from '../registry/repository.ts';
import { runPool } from '../system/concurrency/pool.ts';
import { makeJoinRequest } from './join-request.ts';

export interface TagChoiceOptions {
  readonly registries: Registries;
  /** `host/path`. */
  readonly registry: string;
}

/** Registries allow a few requests at a time before they say 429. */
const IMAGES_AT_ONCE = 16;

interface BuildDestination {
  readonly destination: { readonly registry: string; readonly published: boolean };
  readonly access: { readonly registries: Registries };
  readonly flags: { readonly job: string | undefined };
}

/** A job of a run on several machines has the tags that the job `prepare` chose. */
export async function chooseTagsForBuild(
  plan: Plan,
  { destination, access, flags }: BuildDestination,
): Promise<Plan> {
  if (!destination.published || flags.job !== undefined) return plan;
  return chooseDefaultTags(plan, { registries: access.registries, registry: destination.registry });
}

/**
 * The plan with default tags that no earlier run of the same commit has put on another image. Before the first leg is
 * built, as the tags of legs and the arguments of what is built on them contain it.
 */
export async function chooseDefaultTags(plan: Plan, options: TagChoiceOptions): Promise<Plan> {
  const outputs = plan.images.flatMap((image) => image.outputs.map((output) => ({ image, output })));
  const chosen = await runPool(outputs, IMAGES_AT_ONCE, async ({ image, output }) => {
    const request = makeJoinRequest({ plan, registry: options.registry, image, output });
    const tag = await chooseTag(request, isBuilt(image, output), options.registries);
    return tag === undefined || tag === output.tags[0] ? [] : [[output.name, tag] as const];
  });
  const tags = new Map(chosen.flat());
  return tags.size === 0 ? plan : changeDefaultTags(plan, tags);
}

function isBuilt({ legs }: PlanImage, output: PlanOutput): boolean {
  return legs.some(({ id, unchanged }) => output.legs.includes(id) && unchanged === undefined);
}

/** Undefined where the registry cannot be asked: publishing asks again. */
async function chooseTag(
  request: JoinRequest,
  built: boolean,
  registries: Registries,
): Promise<string | undefined> {
  const { dated, tags } = request;
  const [planned] = tags;
  if (dated === undefined || planned === undefined) return undefined;
  const repository = registries.repository(request.repository);
  try {
    if ((await repository.findManifest(planned)) === undefined) return planned;
    const digest = built ? undefined : (await previewJoin(registries, request)).digest;
    return await chooseDatedTag(repository, dated, { planned, digest });
  } catch (error) {
    if (!(error instanceof HephyError) || error.code === 'CANCELLED') throw error;
    return undefined;
  }
}
