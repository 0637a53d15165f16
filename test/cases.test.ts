import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { listPlannedLegs } from '../src/domain/planned-leg.ts';
import { BACKENDS } from '../src/backends/index.ts';
import { prepare } from '../src/prepare/prepare.ts';
import type { Plan } from '../src/domain/plan.ts';
import { resolveLeg } from '../src/plan/resolve-leg.ts';
import { createOutput } from '../src/system/terminal/output.ts';
import { createRedactor } from '../src/system/terminal/redact.ts';
import { type Case, listCases, openCase } from './support/case.ts';
import { TEST_GIT_ENV } from './support/git-repo.ts';
import { TOOL_PATH } from './support/hephy.ts';

const CASES = fileURLToPath(new URL('./cases', import.meta.url));
const UPDATE = process.env['HEPHY_UPDATE_GOLDEN'] === '1';

test.each(await listCases(CASES))('%s', async (name) => {
  const dir = join(CASES, name);
  const given = await openCase(dir);
  const { plan } = await prepare(invocationOf(given), { upstreams: 'required' });
  await compare(join(dir, 'plan.json'), given.name(JSON.stringify(plan, null, 2)));
  const commands = await describeKo(plan, given);
  if (commands.length > 0) await compare(join(dir, 'ko.json'), given.name(JSON.stringify(commands, null, 2)));
});

function invocationOf({ repo, env, flags }: Case): Parameters<typeof prepare>[0] {
  const all = { ...TEST_GIT_ENV, PATH: TOOL_PATH, HOME: process.env['HOME'], GOTOOLCHAIN: 'local', ...env };
  const redactor = createRedactor();
  const output = createOutput({ stdout: silent(), stderr: silent(), env: all, redactor });
  const { signal } = new AbortController();
  return { flags, operands: [], env: all, cwd: repo.dir, program: '', output, redactor, signal };
}

function silent(): PassThrough {
  return new PassThrough().resume();
}

/** The exact command of each leg that ko builds. */
async function describeKo(plan: Plan, { repo, env }: Case): Promise<object[]> {
  const legs = listPlannedLegs(plan.images).filter(({ image }) => image.backend === 'ko');
  return Promise.all(
    legs.map(async (planned) => {
      const { image, leg } = planned;
      const inputs = BACKENDS.ko?.inputs(image) ?? [];
      const site = {
        ...SITE,
        ...{ root: repo.dir, checkout: repo.dir, commitTime: plan.run.commitTime ?? 0 },
        env,
        inputFiles: await readAll(repo.dir, inputs),
      };
      const invocation = BACKENDS.ko?.invocation(resolveLeg(planned, site));
      const text = JSON.stringify({ leg: leg.id, ...invocation }).replaceAll(repo.dir, '/repo');
      const described: object = JSON.parse(text);
      return described;
    }),
  );
}

const SITE = { scratch: '/scratch', registry: 'registry.example.com/shop', insecure: false, sourceUrl: null };

async function readAll(root: string, paths: readonly string[]): Promise<Record<string, string>> {
  const found = await Promise.all(
    paths.map(
      async (path) => [path, await readFile(join(root, path), 'utf8').catch(() => undefined)] as const,
    ),
  );
  return Object.fromEntries(found.flatMap(([path, text]) => (text === undefined ? [] : [[path, text]])));
}

/** `HEPHY_UPDATE_GOLDEN=1` writes what is there now; the diff is then read by a person. */
async function compare(path: string, text: string): Promise<void> {
  if (UPDATE) await writeFile(path, `${text}\n`);
  expect(`${text}\n`).toBe(await readFile(path, 'utf8'));
}
