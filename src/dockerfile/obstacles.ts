import type { Platform } from '../domain/platform.ts';
import type { Directive } from './directives.ts';
import type { Dockerfile } from './dockerfile.ts';
import { describeInstruction } from './instruction-obstacles.ts';
import type { Obstacle } from './obstacle.ts';
import { visitInstructions } from './scopes.ts';
import type { Situation } from './situation.ts';
import { resolveStages, type Resolved, type ResolvedStage } from './stages.ts';

export type { Obstacle };

export interface BuiltFor {
  readonly buildArgs: Situation['buildArgs'];
  readonly platforms: readonly Platform[];
}

/** The frontend that every builder has built in. `-labs` and `-upstream` are others: their point is what only they can do. */
const DEFAULT_FRONTEND = /^(docker\.io\/)?docker\/dockerfile(:[\w.-]*|@sha256:[0-9a-f]+)*$/;
const PRINTABLE_FRONTEND = /^(docker\.io\/)?docker\/dockerfile(-upstream)?(:[\w.-]{1,40})?$/;

/**
 * What a Dockerfile asks for that BuildKit does and kaniko 1.28 does not, or does worse, in the order of its lines.
 * Named contexts are no case: they come with the command line, and a build-config.yaml has no field for them.
 */
export function findObstacles(
  dockerfile: Dockerfile,
  { buildArgs, platforms }: BuiltFor,
): readonly Obstacle[] {
  const found = platforms.flatMap((platform) => findForPlatform(dockerfile, { buildArgs, platform }));
  const once = new Map(found.map((obstacle) => [`${obstacle.line} ${obstacle.text}`, obstacle] as const));
  const inText = [...once.values()].sort((a, b) => a.line - b.line);
  return [...findFrontend(dockerfile.frontend), ...findEscape(dockerfile), ...inText];
}

function findFrontend(frontend: Directive | undefined): readonly Obstacle[] {
  if (frontend === undefined) return [];
  const { value, line } = frontend;
  if (DEFAULT_FRONTEND.test(value) && !value.includes('labs')) return [];
  // A frontend of one's own may name a registry that must not be shown.
  const text = PRINTABLE_FRONTEND.test(value) ? `# syntax=${value}` : '# syntax';
  return [{ line, text, loss: undefined }];
}

/** kaniko cuts lines at the escape that the file names, and then takes the backslash for it in every value. */
function findEscape({ escape }: Dockerfile): readonly Obstacle[] {
  return escape === '\\' ? [] : [{ line: 1, text: '# escape', loss: 'kaniko ignores # escape in values' }];
}

function findForPlatform(dockerfile: Dockerfile, built: Omit<Situation, 'builder'>): readonly Obstacle[] {
  const situation: Situation = { ...built, builder: 'buildkit' };
  const resolved = resolveStages(dockerfile, situation);
  const found = [
    ...resolved.stages.flatMap((stage) => findForeignPlatform(stage, situation.platform)),
    ...findPlatformInNames(resolved),
  ];
  visitInstructions(resolved, (placed) => {
    const { line } = placed.instruction;
    for (const each of describeInstruction(placed)) found.push({ line, ...each });
  });
  return found;
}

/**
 * kaniko pulls every base for the platform that is built. The builder's own platform is meant to save emulation, and
 * what such a stage makes is the same; a platform by name may be another one, and then so is the content.
 */
function findForeignPlatform({ stage, platform = '' }: ResolvedStage, built: Platform): readonly Obstacle[] {
  if (platform === '' || platform.includes('$') || normalize(platform) === built) return [];
  return [{ line: stage.line, text: 'FROM --platform', loss: 'kaniko ignores FROM --platform' }];
}

const OTHER_NAMES: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64', armhf: 'arm/v7' };

/** `amd64`, `linux/x86_64` and `linux/arm64/v8` are platforms of Docker's under other names. */
function normalize(platform: string): string {
  const written = platform.toLowerCase();
  const [os = '', architecture = '', variant] = written.includes('/')
    ? written.split('/')
    : ['linux', written];
  const known = OTHER_NAMES[architecture] ?? architecture;
  if (known === 'arm64' && variant === 'v8') return `${os}/${known}`;
  if (known === 'arm' && variant === undefined) return `${os}/arm/v7`;
  return [os, known, ...(variant === undefined ? [] : [variant])].join('/');
}

const OF_BUILDER = /\$\{?BUILD(PLATFORM|OS|OSVERSION|ARCH|VARIANT)\b/;

/** kaniko gives TARGETARCH and its like to the instructions of a stage, but not to FROM. */
function findPlatformInNames({ dockerfile, situation, stages }: Resolved): readonly Obstacle[] {
  if (!namesPlatform(dockerfile)) return [];
  const byKaniko = resolveStages(dockerfile, { ...situation, builder: 'kaniko' }).stages;
  const platform = situation.platform === 'linux/amd64' ? 'linux/arm64' : 'linux/amd64';
  const elsewhere = resolveStages(dockerfile, { ...situation, platform }).stages;
  const lost = stages.filter(
    ({ base }, at) => base !== byKaniko[at]?.base && (base !== elsewhere[at]?.base || OF_BUILDER.test(base)),
  );
  return lost.map(({ stage: { line } }) => {
    const text = 'FROM with the platform in its name';
    return { line, text, loss: 'kaniko expands TARGETARCH and its like to nothing in FROM' };
  });
}

/** Saves most files from being expanded twice more. */
function namesPlatform({ globals, stages }: Dockerfile): boolean {
  const pattern = /\$\{?(TARGET|BUILD)/;
  return (
    stages.some(({ from }) => pattern.test(from)) ||
    globals.some(({ args }) => args.some((word) => pattern.test(word)))
  );
}
