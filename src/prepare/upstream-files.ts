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
import { locateProblem, tolerate } from './upstreams.ts';

export interface UpstreamFiles {
  readonly repo: Repository;
  readonly override: Settings['backendOverride'];
  /** The names of this repository's images. */
  readonly published: PublishedIndex;
  /** By image: the commit of its `upstream_ref`. */
  readonly commits: ReadonlyMap<string, string>;
  /** False if the plan is only shown: an upstream that does not answer is then a warning. */
  readonly required: boolean;
}

const READ_AT_ONCE = 4;

export interface Reconsidered {
  readonly images: readonly ChosenImage[];
  readonly warnings: readonly string[];
}

/**
 * Chooses the backend of upstream images again, now with their Dockerfiles: these show whether kaniko can build the image,
 * and which file exists if `dockerfile_path` may mean two. Only the Dockerfiles are fetched.
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
  const unreachable = tolerate(problems, files.required, 'its Dockerfile was not read for this plan');
  return {
    images: chosen.map(({ image }) => image),
    warnings: [...unreachable, ...chosen.flatMap(({ warnings }) => warnings)],
  };
}

interface ReconsideredImage {
  readonly image: ChosenImage;
  readonly warnings: readonly string[];
}

async function reconsiderOne(image: ChosenImage, files: UpstreamFiles): Promise<ReconsideredImage> {
  const commit = files.commits.get(image.configured.name);
  if (commit === undefined || !needsDockerfile(image, files.override)) return { image, warnings: [] };
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

/** If the config names the backend, the Dockerfile matters only if it can be in two places. */
function needsDockerfile({ configured, choice }: ChosenImage, override: UpstreamFiles['override']): boolean {
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

/** The existing Dockerfiles; the first one is used. */
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
  const upstream = `${values.upstream_repo ?? ''} at ${commit.slice(0, 7)}`;
  return new HephyError(
    'CONFIG_DOCKERFILE',
    `${name}: there is no ${dockerfiles.join(' and no ')} in ${upstream}`,
    {
      at: fieldPosition(configured, 'dockerfile_path'),
      hint: 'Set dockerfile_path, relative to the root of the upstream repository or to context_path.',
    },
  );
}

function listProblems(error: unknown, { configured }: ChosenImage): readonly HephyError[] {
  if (error instanceof HephyErrors) return error.problems;
  const isLocated = error instanceof HephyError && error.at !== undefined;
  return [isLocated ? error : locateProblem(error, configured)];
}
