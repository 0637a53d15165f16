import { readDockerfile } from '../../src/dockerfile/dockerfile.ts';
import { listDownloads, type Download } from '../../src/dockerfile/downloads.ts';
import { listPulledImages } from '../../src/dockerfile/images.ts';
import type { Instruction } from '../../src/dockerfile/instruction.ts';
import { readLines } from '../../src/dockerfile/lines.ts';
import { visitInstructions } from '../../src/dockerfile/scopes.ts';
import type { Situation } from '../../src/dockerfile/situation.ts';
import { resolveStages, type Resolved } from '../../src/dockerfile/stages.ts';
import { flagValue, readMount } from '../../src/dockerfile/words.ts';
import type { Platform } from '../../src/domain/platform.ts';
import { parseReference } from '../../src/registry/reference.ts';
import type { Answer, OracleBuild, OracleInstruction, Question } from './dockerfile-oracle.ts';

/** Where the reader differs from BuildKit on purpose, and why. */
export const DECISIONS = {
  'build-fails':
    'where BuildKit stops with an error the reader goes on: nothing can be compared, and the builder says what is wrong',
  'onbuild-counts-where-it-stands':
    'what an ONBUILD names counts for the stage that holds it: whether anything is built on that stage does not matter',
} as const;

/** Texts that say what BuildKit has and the reader has not, or the other way round. */
export function findDifferences(question: Question, answer: Answer): readonly string[] {
  if (answer.error?.startsWith('parser:') === true) {
    readDockerfile(question.text);
    return [];
  }
  const { syntax, escape, instructions } = readLines(question.text);
  const found = [
    ...compare('syntax', syntax?.value ?? '', answer.syntax),
    ...compare('escape', escape, answer.escape),
    ...compare(
      'instructions',
      instructions.map(describeOurs),
      answer.instructions.filter(({ keyword }) => keyword !== '').map(describeTheirs),
    ),
  ];
  if (found.length > 0 || answer.platforms === null || /onbuild/i.test(question.text)) return found;
  return Object.entries(answer.platforms).flatMap(([platform, build]) =>
    build.error === undefined ? compareBuild(question, platform as Platform, build) : [],
  );
}

function compare(what: string, ours: unknown, theirs: unknown): readonly string[] {
  const [here, there] = [JSON.stringify(ours), JSON.stringify(theirs)];
  return here === there ? [] : [`${what}: the reader has ${here}, BuildKit ${there}`];
}

const CUT = new Set(['FROM', 'ARG', 'COPY', 'ADD', 'ENV', 'LABEL']);

/** Go and JavaScript differ in what the capitals of some letters are, and no instruction has such letters. */
function known(keyword: string): string {
  return /^[\x20-\x7e]*$/.test(keyword) ? keyword : '';
}

function describeOurs({ keyword, line, flags, args, heredocs }: Instruction): unknown {
  if (keyword === 'ONBUILD') return [line, keyword];
  const written = flags.map(({ name, value }) => `--${name}${value === undefined ? '' : `=${value}`}`);
  return [line, known(keyword), written, args, heredocs.map(({ name }) => name)];
}

function describeTheirs({ keyword, line, flags, args, heredocs }: OracleInstruction): unknown {
  if (keyword === 'ONBUILD') return [line, keyword];
  const pairs = keyword === 'ENV' || keyword === 'LABEL' ? args.filter((_, at) => at % 3 !== 2) : args;
  return [line, known(keyword), flags, CUT.has(keyword) ? pairs : [], heredocs];
}

function compareBuild(question: Question, platform: Platform, build: OracleBuild): readonly string[] {
  const situation: Situation = { platform, builder: 'buildkit', buildArgs: question.buildArgs };
  const dockerfile = readDockerfile(question.text);
  const resolved = resolveStages(dockerfile, situation);
  const platforms = new Map(resolved.stages.map(({ stage, platform: own }) => [stage.line, own]));
  const images = listPulledImages(resolved).map(
    ({ text, line, via }) =>
      `${normalize(text)} ${(via === 'FROM' ? platforms.get(line) : undefined) ?? platform}`,
  );
  return [
    ...compare(`images for ${platform}`, [...new Set(images)].sort(), [...build.images].sort()),
    ...compareDownloads(resolved, build),
  ].map((text) => `${platform}: ${text}`);
}

function normalize(text: string): string {
  try {
    const { host, path, tag, digest } = parseReference(text);
    return `${host}/${path}${digest === undefined ? `:${tag ?? 'latest'}` : `@${digest}`}`;
  } catch {
    return text;
  }
}

function compareDownloads(resolved: Resolved, build: OracleBuild): readonly string[] {
  const { found, needs } = gather(resolved);
  return Object.entries(build.downloads).flatMap(([target, theirs]) => {
    const start = target === '' ? resolved.stages.length - 1 : resolved.byName.get(target);
    const all = [...reach(start ?? -1, needs)].flatMap((stage) => found.get(stage) ?? []);
    if (all.some(({ kind }) => kind === 'unknown')) return [];
    const http = all.filter(({ kind }) => kind === 'http').map(({ source }) => source);
    const ours = { git: all.some(({ kind }) => kind === 'git'), http: [...new Set(http)].sort() };
    return compare(`downloads of "${target}"`, ours, { git: theirs.git, http: [...theirs.http].sort() });
  });
}

interface Gathered {
  readonly found: ReadonlyMap<number, readonly Download[]>;
  readonly needs: ReadonlyMap<number, readonly number[]>;
}

function gather(resolved: Resolved): Gathered {
  const found = new Map<number, Download[]>();
  const needs = new Map<number, number[]>();
  for (const { index, parent } of resolved.stages) {
    found.set(index, []);
    needs.set(index, parent === undefined ? [] : [parent]);
  }
  visitInstructions(resolved, (placed) => {
    found.get(placed.stage)?.push(...listDownloads(placed));
    needs.get(placed.stage)?.push(...listNeeds(resolved, placed.instruction));
  });
  return { found, needs };
}

/** The stages that an instruction takes files from. */
function listNeeds({ byName }: Resolved, { keyword, flags }: Instruction): readonly number[] {
  if (keyword === 'COPY') {
    const from = flagValue(flags, 'from') ?? '';
    return [byName.get(from.toLowerCase()) ?? (from === '' ? NaN : Number(from))].filter(Number.isInteger);
  }
  const mounts = keyword === 'RUN' ? flags.filter(({ name }) => name === 'mount') : [];
  return mounts.flatMap(
    ({ value = '' }) => byName.get(readMount(value).get('from')?.toLowerCase() ?? '') ?? [],
  );
}

function reach(start: number, needs: Gathered['needs'], seen = new Set<number>()): ReadonlySet<number> {
  if (seen.has(start)) return seen;
  seen.add(start);
  for (const next of needs.get(start) ?? []) reach(next, needs, seen);
  return seen;
}
