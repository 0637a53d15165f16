import { spawnSync } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { createTempDir } from './git-repo.ts';

const Scripts = z.object({
  before_script: z.array(z.string()).default([]),
  script: z.array(z.string()).default([]),
});

export interface Played {
  readonly code: number | null;
  readonly output: string;
  readonly checkout: string;
}

export interface Player {
  readonly checkout: string;
  /** Runs a job of kaniko's with this shell, in the checkout. */
  play(job: string, shell: readonly string[]): Played;
  /** As in an image that has no kaniko. */
  removeKaniko(): Promise<void>;
}

/**
 * Jobs of kaniko's image without the image: `/kaniko` is a directory, and its program one that prints its arguments,
 * leaves a digest, and fails where it is told to build something called `broken`.
 */
export async function playKaniko(pipeline: string): Promise<Player> {
  const home = await createTempDir();
  const [kaniko, checkout] = [join(home, 'kaniko'), join(home, 'checkout')];
  await Promise.all([mkdir(kaniko), mkdir(checkout)]);
  await writeFile(join(kaniko, 'executor'), EXECUTOR);
  await chmod(join(kaniko, 'executor'), 0o755);
  const jobs = z.record(z.string(), z.unknown()).parse(parse(pipeline, { version: '1.1' }));
  return {
    checkout,
    removeKaniko: () => rm(join(kaniko, 'executor')),
    play: (job, [file = '', ...args]) => {
      const all = ['.hephy-kaniko', job].map((name) => Scripts.parse(jobs[name]));
      const lines = [...all.flatMap((one) => one.before_script), ...all.flatMap((one) => one.script)];
      const script = `set -e\n${lines.join('\n')}`.replaceAll('/kaniko/', `${kaniko}/`);
      const env = { PATH: process.env['PATH'], CI_JOB_TOKEN: 'token', MOTTO: 'to be', name: 'Ophelia' };
      const said = spawnSync(file, [...args, script], { cwd: checkout, env, encoding: 'utf8' });
      return { code: said.status, output: said.stdout + said.stderr, checkout };
    },
  };
}

const EXECUTOR = `#!/bin/sh
for word; do
  printf '<%s>\\n' "$word"
  case $word in
  --digest-file=*) echo sha256:1 > "\${word#*=}" ;;
  --context=broken) echo 'error building image: exit status 1'; exit 1 ;;
  esac
done
`;
