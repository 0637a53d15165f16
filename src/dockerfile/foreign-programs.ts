import type { Dockerfile } from './dockerfile.ts';
import { visitInstructions } from './scopes.ts';
import type { Situation } from './situation.ts';
import { resolveStages, type Resolved } from './stages.ts';
import { flagValue, readMount } from './words.ts';

/** Any other one may read the file its own way. */
const DOCKERFILE_FRONTEND = /^(docker\.io\/)?docker\/dockerfile(-upstream)?([:@]|$)/;

/**
 * Whether a build surely starts programs of the platform that it is for: a RUN on an image that is pulled for that
 * platform, in a stage that the target (null: the last stage) is made of. False where it cannot be determined: a stage that
 * chooses its own platform may be the machine's, and what was copied onto `scratch` may be a program of any.
 */
export function runsForeignPrograms(
  dockerfile: Dockerfile,
  situation: Situation,
  target: string | null,
): boolean {
  const { frontend } = dockerfile;
  if (frontend !== undefined && !DOCKERFILE_FRONTEND.test(frontend.value)) return false;
  const resolved = resolveStages(dockerfile, { ...situation, keepUnset: true });
  const { uses, running } = readSteps(resolved);
  const needed = findNeeded(uses, findStage(resolved, target ?? `${dockerfile.stages.length - 1}`));
  const foreign = markForeign(resolved);
  return running.some((stage) => needed.has(stage) && foreign[stage] === true);
}

interface Steps {
  /** By stage: those that it is based on or takes something from. */
  readonly uses: readonly number[][];
  /** Stages with a RUN. */
  readonly running: readonly number[];
}

function readSteps(resolved: Resolved): Steps {
  const uses = resolved.stages.map(({ parent }) => (parent === undefined ? [] : [parent]));
  const running = new Set<number>();
  visitInstructions(resolved, ({ instruction, stage, expand }) => {
    const { keyword, flags, trigger } = instruction;
    if (trigger) return;
    if (keyword === 'RUN') running.add(stage);
    const mounts = flags.map(({ name, value = '' }) =>
      name === 'mount' ? readMount(value).get('from') : undefined,
    );
    for (const name of [flagValue(flags, 'from'), ...mounts]) {
      const used = name === undefined ? undefined : findStage(resolved, expand(name) ?? name);
      if (used !== undefined) uses[stage]?.push(used);
    }
  });
  return { uses, running: [...running] };
}

/** By name or by number. */
function findStage({ byName, stages }: Resolved, text: string): number | undefined {
  const named = byName.get(text.toLowerCase());
  if (named !== undefined || !/^\d+$/.test(text)) return named;
  return Number(text) < stages.length ? Number(text) : undefined;
}

function findNeeded(uses: Steps['uses'], target: number | undefined): ReadonlySet<number> {
  const needed = new Set<number>();
  const open = target === undefined ? [] : [target];
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (needed.has(stage)) continue;
    needed.add(stage);
    for (const used of uses[stage] ?? []) open.push(used);
  }
  return needed;
}

/** The stages that are, by way of others or at once, on an image of the platform that is built for. */
function markForeign({ stages, situation }: Resolved): readonly boolean[] {
  const marks: boolean[] = [];
  for (const { base, parent, platform } of stages) {
    const chosen = platform !== undefined && platform !== situation.platform;
    marks.push(parent === undefined ? !chosen && isImage(base) : marks[parent] === true);
  }
  return marks;
}

/** A variable without a value may choose a stage, which has neither `:` nor `/` in its name. */
function isImage(base: string): boolean {
  if (base === '' || base === 'scratch') return false;
  return !base.includes('$') || /[:/]/.test(base.replace(/\$\{[^}]*\}/g, ''));
}
