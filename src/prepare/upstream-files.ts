import type { Repository } from '../changes/repository.ts';
import { readSourceFiles } from '../changes/source.ts';
import { allowsFiles } from '../changes/upstream-url.ts';
import { describeTwoDockerfiles } from '../config/dockerfile-places.ts';
import type { Settings } from '../config/settings.ts';
import { traitsOf } from '../backends/index.ts';
import { fieldPosition } from '../domain/position.ts';
import { formatPosition, HephyError, HephyErrors } from '../errors.ts';
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

/**
 * Whether kaniko can build an upstream is seen in its Dockerfile, and where `dockerfile_path` may mean two files, so is
 * which of them is there. They are fetched alone; nothing else of the upstream is.
 */
export async function reconsider(
  images: readonly ChosenImage[],
  files: UpstreamFiles,
): Promise<Reconsidered> {
  const settled = await settlePool(images, READ_AT_ONCE, (image) => reconsiderOne(image, files));
  const problems: HephyError[] = [];
  const chosen = images.map((image, index) => {
    const outcome = settled[index];
    if (outcome === undefined) return { image, warnings: [] };
    if ('value' in outcome) return outcome.value;
    problems.push(...listProblems(outcome.error, image));
    return { image, warnings: [] };
  });
  const silent = tolerate(problems, files.required, 'its Dockerfile was not read for this plan');
  return {
    images: chosen.map(({ image }) => image),
    warnings: [...silent, ...chosen.flatMap(({ warnings }) => warnings)],
  };
}

interface One {
  readonly image: ChosenImage;
  readonly warnings: readonly string[];
}

async function reconsiderOne(image: ChosenImage, files: UpstreamFiles): Promise<One> {
  const commit = files.commits.get(image.configured.name);
  if (commit === undefined || !isLookedAt(image, files.override)) return { image, warnings: [] };
  const found = await findUpstreamDockerfiles(image, commit, files.repo);
  const [first] = found;
  if (first === undefined) throw missingDockerfile(image, commit);
  const { configured } = image;
  const text = describeTwoDockerfiles(found.map(({ path }) => path));
  const at = formatPosition(fieldPosition(configured, 'dockerfile_path'));
  return {
    image: withDockerfile(
      { ...image, configured: { ...configured, dockerfile: first.path } },
      first.text,
      files,
    ),
    warnings: text === undefined ? [] : [`${at}: dockerfile_path: ${text}`],
  };
}

/** Where the backend is named, its Dockerfile matters only if it can be in two places. */
function isLookedAt({ configured, choice }: ChosenImage, override: UpstreamFiles['override']): boolean {
  if (!isNamed(configured, override)) return true;
  const { dockerfiles, values } = configured;
  return dockerfiles.length > 1 && !values.manual_build && traitsOf(choice.backend).dockerfile !== null;
}

function withDockerfile(image: ChosenImage, text: string, files: UpstreamFiles): ChosenImage {
  const { configured, dependencies } = image;
  const dockerfile = readDockerfile(text);
  const choice = chooseBackend({ image: configured, facts: null, dockerfile, override: files.override });
  const buildArgs = configured.values.build_args;
  return {
    ...image,
    choice,
    filledArguments: listFilledArguments(dockerfile, dependencies),
    pulls: listPulls({ choice, buildArgs, dockerfile }, files.published),
  };
}

/** The Dockerfiles that are there, the one that counts first. */
async function findUpstreamDockerfiles(
  { configured }: ChosenImage,
  commit: string,
  { env, root: cwd, signal }: Repository,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const into = await makeTemporary('upstream');
  const { dockerfiles, values } = configured;
  const url = values.upstream_repo ?? '';
  try {
    const request = { url, commit, into, env, cwd, signal, allowFile: allowsFiles(env) };
    const texts = await readSourceFiles(request, dockerfiles);
    return dockerfiles.flatMap((path, at) => {
      const text = texts[at]?.toString('utf8');
      return text === undefined ? [] : [{ path, text }];
    });
  } finally {
    await removeTemporary(into);
  }
}

function missingDockerfile({ configured }: ChosenImage, commit: string): HephyError {
  const { name, dockerfiles, values } = configured;
  const where = `${values.upstream_repo ?? ''} at ${commit.slice(0, 7)}`;
  return new HephyError(
    'CONFIG_DOCKERFILE',
    `${name}: there is no ${dockerfiles.join(', and no ')} in ${where}`,
    {
      at: fieldPosition(configured, 'dockerfile_path'),
      hint: 'Set dockerfile_path, relative to the root of the upstream repository or to context_path.',
    },
  );
}

function listProblems(error: unknown, { configured }: ChosenImage): readonly HephyError[] {
  if (error instanceof HephyErrors) return error.problems;
  const placed = error instanceof HephyError && error.at !== undefined;
  return [placed ? error : placeProblem(error, configured)];
}
