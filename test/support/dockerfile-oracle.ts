import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Question {
  readonly text: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
}

/** What BuildKit makes of a Dockerfile: see dockerfile-oracle/. */
export interface Answer {
  readonly error?: string;
  readonly syntax: string;
  readonly escape: string;
  readonly instructions: readonly OracleInstruction[];
  readonly platforms: Readonly<Record<string, OracleBuild>> | null;
}

export interface OracleInstruction {
  readonly line: number;
  readonly keyword: string;
  readonly flags: readonly string[];
  readonly args: readonly string[];
  readonly heredocs: readonly string[];
}

export interface OracleBuild {
  readonly error?: string;
  readonly images: readonly string[];
  readonly downloads: Readonly<Record<string, { readonly git: boolean; readonly http: readonly string[] }>>;
}

const SOURCE = join(import.meta.dirname, 'dockerfile-oracle');

/** Built as script/install-tools.mjs builds buildkitd, so that Go finds most of it already compiled. */
export async function buildOracle(directory: string): Promise<string> {
  const program = join(directory, 'dockerfile-oracle');
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  await promisify(execFile)('go', ['build', '-trimpath', '-o', program, '.'], { cwd: SOURCE, env });
  return program;
}

/** One answer for each question, in their order. */
export async function askOracle(program: string, questions: readonly Question[]): Promise<readonly Answer[]> {
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(questions.map((question) => JSON.stringify(question)).join('\n'));
  const answers: Answer[] = [];
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
    answers.push(JSON.parse(line) as Answer);
  }
  return answers;
}
