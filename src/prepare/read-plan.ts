import { readFile } from 'node:fs/promises';
import type { Plan } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { decodePlan } from '../plan/encode.ts';
import { type Invoked, textFlag } from '../session/invoked.ts';

/** The plan that an earlier step made, from `--plan FILE` or from standard input. */
export async function readPlan({ flags }: Pick<Invoked, 'flags'>): Promise<Plan> {
  const file = textFlag(flags, 'plan');
  if (file === undefined) {
    throw new HephyError('USAGE', '--plan is required', {
      hint: 'Add --plan FILE; `hephy plan --json > FILE` writes one.',
    });
  }
  return decodePlan(file === '-' ? await readStandardInput() : await readPlanFile(file));
}

async function readPlanFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new HephyError('USAGE', `the plan ${file} cannot be read`, {
      cause,
      hint: '`hephy plan --json > FILE` writes one.',
    });
  }
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
