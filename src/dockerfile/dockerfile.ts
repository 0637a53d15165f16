import { readCopies, type CopiedSource } from './copies.ts';
import { readLines, type Instruction } from './lines.ts';
import { findObstacles, type Obstacle } from './obstacles.ts';
import { readMount, stripQuotes, takeFlags } from './words.ts';

export interface Stage {
  /** Lower case, because stage names are compared that way; empty where it has none. */
  readonly name: string;
  /** The text after FROM, as written. */
  readonly from: string;
  readonly line: number;
}

/** A place that names an image or a stage. `stage` counts from zero. */
export interface ImageUse {
  readonly via: 'FROM' | 'COPY --from' | 'RUN --mount';
  readonly raw: string;
  readonly line: number;
  readonly stage: number;
  /** FROM with `--platform`: the author chose the platform, so it need not be the one that is built. */
  readonly pinned: boolean;
}

export interface Argument {
  readonly name: string;
  readonly value: string | undefined;
  readonly line: number;
  /** -1 before the first FROM. */
  readonly stage: number;
}

/** What the product wants to know of a Dockerfile, and no more. */
export interface Dockerfile {
  readonly stages: readonly Stage[];
  readonly uses: readonly ImageUse[];
  readonly arguments: readonly Argument[];
  readonly obstacles: readonly Obstacle[];
  /** The image that BuildKit parses the file with, where `# syntax=` names one. */
  readonly frontend: string | null;
  /** What ADD fetches from elsewhere and no checksum holds; a variable may be anything. */
  readonly downloads: readonly string[];
  /** What is named of the context. */
  readonly copies: readonly CopiedSource[];
}

/** Reads any text without failing: what is not a Dockerfile has no stages, and the builder will say why. */
export function readDockerfile(text: string): Dockerfile {
  const lines = readLines(text);
  const stages: Stage[] = [];
  const uses: ImageUse[] = [];
  const args: Argument[] = [];
  const copies: CopiedSource[] = [];
  for (const instruction of lines.instructions) {
    const stage = stages.length - 1;
    if (instruction.keyword === 'FROM') {
      const read = readFrom(instruction);
      stages.push(read.stage);
      uses.push({ ...read.use, stage: stage + 1 });
    } else if (instruction.keyword === 'ARG') {
      args.push(...readArguments(instruction, stage));
    } else {
      uses.push(...readUses(instruction, stage));
      copies.push(...readCopies(instruction, stage));
    }
  }
  const frontend = lines.directives.get('syntax')?.value ?? null;
  const downloads = lines.instructions.flatMap(readDownloads);
  return { stages, uses, arguments: args, obstacles: findObstacles(lines), frontend, downloads, copies };
}

function readDownloads({ keyword, words }: Instruction): readonly string[] {
  if (keyword !== 'ADD') return [];
  const { flags, operands } = takeFlags(words);
  if (flags.some(({ name }) => name === 'checksum')) return [];
  // The last is where it goes; a list in brackets may be one word.
  const sources = operands.length > 1 ? operands.slice(0, -1) : operands;
  return sources.map(stripQuotes).filter((source) => /:\/\/|^git@|^github\.com\/|\$/.test(source));
}

function readFrom({ words, line }: Instruction): { stage: Stage; use: Omit<ImageUse, 'stage'> } {
  const { flags, operands } = takeFlags(words);
  const from = stripQuotes(operands[0] ?? '');
  const name = operands[1]?.toUpperCase() === 'AS' ? (operands[2] ?? '').toLowerCase() : '';
  const pinned = flags.some((flag) => flag.name === 'platform');
  return { stage: { name, from, line }, use: { via: 'FROM', raw: from, line, pinned } };
}

function readArguments({ words, line }: Instruction, stage: number): readonly Argument[] {
  return words.map((word) => {
    const [, name = '', assigned, value = ''] = /^([^=]*)(=)?([\s\S]*)$/.exec(word) ?? [];
    return { name, value: assigned === undefined ? undefined : stripQuotes(value), line, stage };
  });
}

function readUses({ keyword, words, line }: Instruction, stage: number): readonly ImageUse[] {
  if (keyword !== 'COPY' && keyword !== 'RUN') return [];
  const { flags } = takeFlags(words);
  const via = keyword === 'COPY' ? 'COPY --from' : 'RUN --mount';
  const named = flags.map((flag) => {
    if (keyword === 'COPY') return flag.name === 'from' ? flag.value : undefined;
    return flag.name === 'mount' ? readMount(flag.value).get('from') : undefined;
  });
  return named
    .filter((raw) => raw !== undefined && raw !== '')
    .map((raw) => ({ via, raw: raw ?? '', line, stage, pinned: false }));
}
