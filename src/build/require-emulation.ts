import { backendOf } from '../backends/index.ts';
import { readDockerfile } from '../dockerfile/dockerfile.ts';
import { runsForeignPrograms } from '../dockerfile/foreign-programs.ts';
import { ociPlatform, type Platform } from '../domain/platform.ts';
import { HephyError } from '../errors.ts';
import { readInputs } from '../sources/read-inputs.ts';
import type { Sources } from '../sources/sources.ts';
import { combineProblems } from '../system/concurrency/combine-problems.ts';
import { settlePool } from '../system/concurrency/pool.ts';
import { isForeign } from './emulation.ts';
import { probeEmulation, startsPrograms, type Verdict } from './probe-emulation.ts';
import type { LegTask } from './run-legs.ts';
import type { Toolbox } from './toolbox.ts';

export interface EmulationOptions {
  readonly tasks: readonly LegTask[];
  readonly toolbox: Toolbox;
  readonly sources: Sources;
  readonly signal: AbortSignal;
}

/** Legs of one platform that one tool builds: emulation works for all of them or for none. */
interface Group {
  readonly tool: string;
  readonly platform: Platform;
  readonly tasks: readonly LegTask[];
}

/**
 * Fails before the first leg starts if a leg starts programs of another platform and no emulator is installed. Only a
 * certain failure counts: if the builder does not answer, or the Dockerfile cannot be read, the leg itself reports it.
 */
export async function requireEmulation(site: EmulationOptions): Promise<void> {
  const groups = groupTasks(await findForeign(site));
  const require = async (group: Group): Promise<void> => {
    if ((await probe(group, site)) === 'fails') throw describeMissing(group);
  };
  combineProblems(await settlePool(groups, groups.length, require));
}

async function findForeign({ tasks, sources }: EmulationOptions): Promise<readonly LegTask[]> {
  const candidates = tasks.filter(
    ({ there, image, leg }) =>
      there === undefined && isForeign(leg.platform) && startsPrograms(backendOf(image.backend).tool),
  );
  const foreign = await Promise.all(
    candidates.map((task) => startsForeignPrograms(task, sources).catch(() => false)),
  );
  return candidates.filter((_, at) => foreign[at]);
}

async function startsForeignPrograms({ image, leg }: LegTask, sources: Sources): Promise<boolean> {
  const { root } = await sources.find(image);
  // The Dockerfile is the first input of every backend that reads one.
  const [path = ''] = backendOf(image.backend).inputs(image);
  const text = (await readInputs(root, [path]))[path];
  if (text === undefined) return false;
  const builder = backendOf(image.backend).tool === 'docker' ? 'kaniko' : 'buildkit';
  const situation = { buildArgs: image.buildArgs, platform: leg.platform, builder } as const;
  return runsForeignPrograms(readDockerfile(text), situation, leg.target);
}

function groupTasks(tasks: readonly LegTask[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const task of tasks) {
    const tool = backendOf(task.image.backend).tool;
    const { platform } = task.leg;
    const key = `${tool} ${platform}`;
    groups.set(key, { tool, platform, tasks: [...(groups.get(key)?.tasks ?? []), task] });
  }
  return [...groups.values()];
}

async function probe({ tool, platform }: Group, { toolbox, signal }: EmulationOptions): Promise<Verdict> {
  try {
    return await probeEmulation(tool, { equipment: await toolbox(tool), platform, signal });
  } catch {
    // A missing tool is reported elsewhere, as a missing tool.
    return 'unknown';
  }
}

function describeMissing({ platform, tasks }: Group): HephyError {
  const images = [...new Set(tasks.map(({ image }) => image))];
  const [first] = images;
  const names = images.map(({ name }) => name).join(', ');
  const { architecture } = ociPlatform(platform);
  return new HephyError(
    'EMULATION_MISSING',
    `${names}: RUN starts programs of ${platform}, which ${first?.backend ?? ''} cannot run or emulate here`,
    {
      ...(first && { at: { file: first.config } }),
      hint:
        `Install emulation: docker run --privileged --rm tonistiigi/binfmt --install ${architecture} ` +
        '(docker/setup-qemu-action on GitHub), or apt-get install qemu-user-static binfmt-support. ' +
        'Otherwise build on a machine of that platform, or build only other platforms with --platform.',
    },
  );
}
