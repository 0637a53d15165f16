import { quoteWord } from '../domain/shell-quote.ts';
import { sourceArchive } from '../domain/source-archive.ts';
import type { PlanJob } from '../domain/plan.ts';
import { HephyError } from '../errors.ts';
import { findJobs, KEPT, needPlan, PATIENCE, proofs, SHALLOW, tagsOf, waitFor } from './common.ts';
import { FORMER_FILES, legsOf, RUN_DIRECTORY, type JobLeg } from './files.ts';
import type { Job, PipelineInput } from './input.ts';
import { kanikoShell } from './kaniko-shell.ts';

export const KANIKO_TEMPLATE = '.hephy-kaniko';

/** kaniko's image has neither Node nor git. Its entrypoint is kaniko, so it is cleared: GitLab needs the shell. */
export function kanikoTemplate(input: PipelineInput): Job {
  const { images, kanikoSetup, redact } = input;
  return {
    stage: 'build',
    image: { name: images.kaniko, entrypoint: [''] },
    interruptible: true,
    timeout: '2 hours',
    ...PATIENCE,
    ...proofs(input),
    variables: SHALLOW,
    before_script: [
      kanikoShell(redact),
      `${['# Setup for every build of this job', ...kanikoSetup].join('\n')}\n`,
    ],
  };
}

/** Builds one leg after the other. Each leg is a shell function that contains the exact command. */
export function kanikoJob(input: PipelineInput, job: PlanJob): Job {
  const legs = legsOf(input.plan, job);
  const archives = [...new Set(legs.flatMap(({ image }) => sourceArchive(image.source) ?? []))];
  return {
    extends: KANIKO_TEMPLATE,
    ...tagsOf(job.runner),
    ...waitFor(input, job.needs, archives.length > 0 ? [needPlan(input)] : []),
    script: [
      ...begin(input, job, archives),
      ...legs.map((leg, at) => describeLeg(input, leg, `build_${at + 1}`)),
      'finish',
    ],
    artifacts: {
      when: 'always',
      expire_in: KEPT,
      access: 'developer',
      paths: ['.hephy/digests', '.hephy/logs', ...legs.map(({ tagFile }) => tagFile)],
    },
  };
}

/** Moves files of earlier jobs out of the checkout, so that they cannot get into an image whose context is the root. */
function begin({ plan }: PipelineInput, job: PlanJob, archives: readonly string[]): readonly string[] {
  const given = findJobs(plan, job.needs).flatMap((needed) => legsOf(plan, needed));
  if (given.length === 0 && archives.length === 0) return [];
  const former = archives.length > 0 ? FORMER_FILES : [];
  const lines = [
    '# Files of earlier jobs are moved out of the checkout, because an image may contain the whole checkout',
    ...archives.map((archive) => `unpack ${quoteWord(archive)}`),
    ...given.map(({ leg, tagFile }) => `given ${quoteWord(leg.id)} ${quoteWord(tagFile)}`),
    `rm -rf ${[RUN_DIRECTORY, '.hephy/digests', '.hephy/logs', ...former].join(' ')}`,
  ];
  return [`${lines.join('\n')}\n`];
}

function describeLeg({ plan, commands }: PipelineInput, one: JobLeg, name: string): string {
  const { leg, tagFile } = one;
  const command = commands[leg.id];
  if (command === undefined) throw new HephyError('INTERNAL', `there is no command for the leg ${leg.id}`);
  const pushed = plan.run.push || leg.shared === true;
  const needs = leg.needs.filter((id) => isBuilt(plan, id));
  const words = [leg.id, name, tagFile, pushed ? leg.tag : '', ...needs].map(quoteWord);
  return [`# ${leg.id}`, `${name}() {`, command, '}', `leg ${words.join(' ')}`, ''].join('\n');
}

/** A leg that is already in the registry has no job, so other legs do not wait for it. */
function isBuilt({ jobs }: PipelineInput['plan'], leg: string): boolean {
  return jobs.some(({ legs }) => legs.includes(leg));
}
