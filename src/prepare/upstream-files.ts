import type { Repository } from '../changes/repository.ts';
import { readSourceFile } from '../changes/source.ts';
import { allowsFiles } from '../changes/upstream-url.ts';
import type { Settings } from '../config/settings.ts';
import { fieldPosition } from '../domain/position.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { chooseBackend, isNamed } from '../select/choose.ts';
import { listFilledArguments } from '../select/dependencies.ts';
import { readDockerfile } from '../dockerfile/dockerfile.ts';
import type { PublishedIndex } from '../select/published-index.ts';
import { listPulls } from '../select/pulls.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import { makeTemporary, removeTemporary } from '../system/files/temporary.ts';
import type { ChosenImage } from './choices.ts';
import { placeProblem, tolerate } from './upstreams.ts';

export interface UpstreamFiles {
  readonly repo: Repository;
  readonly override: Settings['backendOverride'];
  /** What the images of this repository are called. */
  readonly published: PublishedIndex;
  /** By image: the commit that its upstream's ref names. */
  readonly commits: ReadonlyMap<string, string>;
  /** False where the plan is only read: an upstream that does not answer is then a warning. */
  readonly required: boolean;
}

const READ_AT_ONCE = 4;

export interface Reconsidered {
  readonly images: readonly ChosenImage[];
  readonly warnings: readonly string[];
}

/** Whether kaniko can build an upstream is seen in its Dockerfile, which is fetched alone; nothing else of it is. */
export async function reconsider(
  images: readonly ChosenImage[],
  files: UpstreamFiles,
): Promise<Reconsidered> {
  const settled = await settlePool(images, READ_AT_ONCE, (image) => reconsiderOne(image, files));
  const problems: HephyError[] = [];
  const chosen = images.map((image, index) => {
    const outcome = settled[index];
    if (outcome === undefined) return image;
    if ('value' in outcome) return outcome.value;
    problems.push(...listProblems(outcome.error, image));
    return image;
  });
  const warnings = tolerate(problems, files.required, 'its Dockerfile was not looked at for this plan');
  return { images: chosen, warnings };
}

async function reconsiderOne(image: ChosenImage, files: UpstreamFiles): Promise<ChosenImage> {
  const { configured, dependencies } = image;
  const { override } = files;
  const commit = files.commits.get(configured.name);
  if (commit === undefined || isNamed(configured, override)) return image;
  const text = await readUpstreamFile(image, commit, files.repo);
  if (text === undefined) throw missingDockerfile(image, commit);
  const dockerfile = readDockerfile(text.toString('utf8'));
  const choice = chooseBackend({ image: configured, facts: null, dockerfile, override });
  const buildArgs = configured.values.build_args;
  return {
    ...image,
    choice,
    filledArguments: listFilledArguments(dockerfile, dependencies),
    pulls: listPulls({ choice, buildArgs, dockerfile }, files.published),
  };
}

async function readUpstreamFile(
  { configured }: ChosenImage,
  commit: string,
  { env, root: cwd, signal }: Repository,
): Promise<Buffer | undefined> {
  const into = await makeTemporary('upstream');
  const url = configured.values.upstream_repo ?? '';
  try {
    const request = { url, commit, into, env, cwd, signal, allowFile: allowsFiles(env) };
    return await readSourceFile(request, configured.dockerfile);
  } finally {
    await removeTemporary(into);
  }
}

function missingDockerfile({ configured }: ChosenImage, commit: string): HephyError {
  const { name, dockerfile, values } = configured;
  const where = `${values.upstream_repo ?? ''} at ${commit.slice(0, 7)}`;
  return new HephyError('CONFIG_DOCKERFILE', `${name}: there is no ${dockerfile} in ${where}`, {
    at: fieldPosition(configured, 'dockerfile_path'),
    hint: 'Set dockerfile_path: it is taken from the root of the upstream repository.',
  });
}

function listProblems(error: unknown, { configured }: ChosenImage): readonly HephyError[] {
  if (error instanceof HephyErrors) return error.problems;
  const placed = error instanceof HephyError && error.at !== undefined;
  return [placed ? error : placeProblem(error, configured)];
}
