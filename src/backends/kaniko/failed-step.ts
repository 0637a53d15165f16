import type { Position } from '../../errors.ts';
import { shorten } from '../shared/shorten.ts';

/** What kaniko was at when it failed. */
export interface FailedStep {
  /** As its log has it, on one line; empty where the log does not reach back so far. */
  readonly text: string;
  readonly at: Position;
  /** The only COPY or ADD that names this path, with its line; kaniko looks for files before it announces a step. */
  readonly copyOf: (path: string) => Pick<FailedStep, 'text' | 'at'> | undefined;
  /** The image that it asked a registry for last. */
  readonly base: string;
}

export interface DockerfileText {
  readonly file: string;
  readonly text: string;
}

/** kaniko announces each instruction before it runs it, or before it looks for the instruction's files. */
const ANNOUNCED = /^INFO\[\d+\] (?:Unpacking rootfs as cmd )?((?:ADD|COPY|RUN|WORKDIR|ENV|ARG|USER) .*)$/;

const RETRIEVED = /^INFO\[\d+\] Retrieving image (?:manifest )?(\S+)/;

/** The last instruction of the log, and its line in the Dockerfile where it stands there once. */
export function findFailedStep(output: string, dockerfile: DockerfileText): FailedStep {
  const { file } = dockerfile;
  const instructions = listInstructions(dockerfile.text);
  const announced = squeeze(lastCaught(output, ANNOUNCED).replace(/ requires it\.\s*$/, ''));
  const same = instructions.filter(({ text }) => announced !== '' && text === announced);
  const line = same.length === 1 ? same[0]?.line : undefined;
  return {
    text: shorten(announced),
    at: { file, ...(line !== undefined && { line }) },
    base: lastCaught(output, RETRIEVED),
    copyOf: (path) => {
      const [only, ...more] = instructions.filter((one) => namesPath(one, path));
      return only && more.length === 0
        ? { text: shorten(only.text), at: { file, line: only.line } }
        : undefined;
    },
  };
}

function namesPath({ text }: Instruction, path: string): boolean {
  return (
    /^(COPY|ADD) /.test(text) && text.split(' ').some((word) => word.replace(/^\.?\/|\/$/g, '') === path)
  );
}

function lastCaught(output: string, pattern: RegExp): string {
  const line = output.split('\n').findLast((one) => pattern.test(one));
  return pattern.exec(line ?? '')?.[1] ?? '';
}

interface Instruction {
  readonly line: number;
  readonly text: string;
}

/** Continued lines as one; comments and empty lines between them belong to none. */
function listInstructions(dockerfile: string): readonly Instruction[] {
  const found: Instruction[] = [];
  let open: Instruction | undefined;
  for (const [index, raw] of dockerfile.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const continues = /[\\`]\s*$/.test(raw);
    const text = `${open?.text ?? ''}${continues ? raw.replace(/[\\`]\s*$/, '') : raw}`;
    open = { line: open?.line ?? index + 1, text };
    if (continues) continue;
    found.push({ ...open, text: squeeze(open.text) });
    open = undefined;
  }
  return found;
}

/** The keyword in capitals, as kaniko prints it, and one space for many. */
function squeeze(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/^\w+/, (keyword) => keyword.toUpperCase());
}
