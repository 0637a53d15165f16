import type { DockerfileLines, Instruction } from './lines.ts';
import { readMount, takeFlags, type Flag } from './words.ts';

/** Something that kaniko cannot do, or does worse, and where it stands. */
export interface Obstacle {
  readonly line: number;
  readonly text: string;
}

/** The frontend that every builder has built in. `-labs` and `-upstream` are others: their point is what only they can do. */
const DEFAULT_FRONTEND = /^(docker\.io\/)?docker\/dockerfile(:[\w.-]*|@sha256:[0-9a-f]+)*$/;
const PRINTABLE_FRONTEND = /^(docker\.io\/)?docker\/dockerfile(-upstream)?(:[\w.-]{1,40})?$/;

/** Flags that kaniko's parser refuses or passes over in silence, by instruction. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  RUN: ['security', 'network', 'device'],
  COPY: ['exclude', 'parents'],
  ADD: ['checksum', 'exclude', 'keep-git-dir', 'unpack'],
};

/** As BuildKit tells a git source from a plain download. https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository */
const GIT_SOURCE = /^(git@|git:\/\/|ssh:\/\/|https?:\/\/[^#?]*\.git([#?]|$)|github\.com\/)/;

/**
 * What a Dockerfile asks for that is BuildKit's alone, in the order of its lines. kaniko can run cache mounts, secret
 * mounts and here-documents behind flags; they count all the same, because there the cache lasts and the secret stays one.
 * Named contexts are no case: they come with the command line, and a build-config.yaml has no field for them.
 */
export function findObstacles(lines: DockerfileLines): readonly Obstacle[] {
  const inText = lines.instructions.flatMap(({ line, ...instruction }) =>
    describeObstacles(instruction).map((text) => ({ line, text })),
  );
  return [...findFrontend(lines), ...inText];
}

function findFrontend({ directives }: DockerfileLines): readonly Obstacle[] {
  const syntax = directives.get('syntax');
  if (syntax === undefined) return [];
  const { value, line } = syntax;
  if (DEFAULT_FRONTEND.test(value) && !value.includes('labs')) return [];
  // A frontend of one's own may name a registry that must not be shown.
  return [{ line, text: PRINTABLE_FRONTEND.test(value) ? `# syntax=${value}` : '# syntax' }];
}

function describeObstacles({ keyword, words, heredocs }: Omit<Instruction, 'line'>): readonly string[] {
  const refused = REFUSED[keyword];
  if (refused === undefined) return [];
  const { flags, operands } = takeFlags(words);
  const found = flags.flatMap((flag) => describeFlag(keyword, flag, refused));
  if (keyword === 'ADD' && operands.some((operand) => GIT_SOURCE.test(operand.replace(/["']/g, '')))) {
    found.push('ADD of a git repository');
  }
  if (heredocs.length > 0) found.push(`${keyword} with a here-document`);
  return found;
}

function describeFlag(keyword: string, flag: Flag, refused: readonly string[]): string[] {
  if (refused.includes(flag.name)) return [`${keyword} --${flag.name}`];
  if (keyword !== 'RUN' || flag.name !== 'mount') return [];
  const mount = readMount(flag.value);
  if (mount.has('from')) return ['RUN --mount=from'];
  const type = mount.get('type') ?? 'bind';
  if (type === 'bind') return [];
  return [/^[a-z]{1,20}$/.test(type) ? `RUN --mount=type=${type}` : 'RUN --mount'];
}
