import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { TOOL_PATH } from './hephy.ts';

const JobText = z.object({
  image: z.object({ name: z.string(), entrypoint: z.tuple([z.literal('')]) }).optional(),
  before_script: z.array(z.string()).default([]),
  script: z.array(z.string()).default([]),
});

export interface KanikoRun {
  /** With `.hephy/run` in it, as `prepare` left that. */
  readonly checkout: string;
  readonly job: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface KanikoSaid {
  readonly code: number | null;
  readonly output: string;
}

/** A job of kaniko's image as a runner starts it: in a container of that image, in the checkout, by its shell. */
export function runKanikoJob({ checkout, job, variables = {} }: KanikoRun): KanikoSaid {
  const text = readFileSync(join(checkout, '.hephy/run/pipeline.yml'), 'utf8');
  const jobs = z.record(z.string(), z.unknown()).parse(parse(text, { version: '1.1' }));
  const [template, own] = ['.hephy-kaniko', job].map((name) => JobText.parse(jobs[name]));
  const script = ['set -e', ...(template?.before_script ?? []), ...(own?.script ?? [])].join('\n');
  const place = ['--mount', `type=bind,source=${checkout},target=/builds/shop`, '--workdir', '/builds/shop'];
  const names = Object.keys(variables).map((name) => `--env=${name}`);
  const image = template?.image?.name ?? '';
  const words = ['run', '--rm', '--network=host', ...place, ...names, '--entrypoint=sh', image, '-c', script];
  const said = spawnSync('docker', words, { env: { PATH: TOOL_PATH, ...variables }, encoding: 'utf8' });
  return { code: said.status, output: said.stdout + said.stderr };
}
