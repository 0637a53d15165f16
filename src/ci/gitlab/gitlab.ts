import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../domain/result.ts';
import type { Env } from '../../system/env.ts';
import type { Ci, PublishedImage } from '../ci.ts';
import { presentText } from '../event-fields.ts';
import type { CiHost } from '../host.ts';
import { writeReport } from '../write-report.ts';
import { renderCodeQuality } from './code-quality.ts';
import { fitsDotenv, listVariables, renderDotenv, type Variable } from './dotenv.ts';
import { detectGitlabEvent } from './event.ts';
import { renderSectionEnd, renderSectionStart } from './section.ts';

/** Names of the files that the job's `artifacts:` lists. */
export const GITLAB_FILES = {
  outputs: 'hephy.env',
  images: 'hephy-images.json',
  summary: 'hephy-summary.md',
  report: 'hephy-report.html',
  codeQuality: 'hephy-code-quality.json',
} as const;

/** These outputs are passed in files: they are too large for a dotenv file, and `HEPHY_IMAGES` is already a setting. */
const IN_FILES: readonly string[] = ['plan', 'matrix', 'images'];

export function createGitlabCi({ env, write }: CiHost): Ci {
  const input = (name: string) => presentText(env[`HEPHY_INPUT_${upperSnake(name)}`]?.trim()) ?? undefined;
  const problems: Problem[] = [];
  const save = (file: GitlabFile, text: string) => writeReport(writeFileSync, pathOf(env, file), text);
  let sections = 0;
  return {
    id: 'gitlab',
    keepsFiles: true,
    event: () => detectGitlabEvent({ env, images: input('images') ?? env['HEPHY_IMAGES'] }),
    input,
    defaultRegistry: () => presentText(env['CI_REGISTRY_IMAGE']) ?? undefined,
    setOutput: (name, value) => {
      const variables = [{ name: `HEPHY_${upperSnake(name)}`, value }];
      if (!IN_FILES.includes(name)) addVariables(env, variables);
    },
    group: (title, since) => {
      const id = `hephy_${(sections += 1)}`;
      write(renderSectionStart(id, title, since ?? Date.now()));
      return () => write(renderSectionEnd(id));
    },
    annotate: (problem) => {
      problems.push(problem);
      save('codeQuality', renderCodeQuality(problems));
    },
    handOver: (images) => {
      const left = listVariables(images).filter((kind) => !addVariables(env, kind));
      if (left.length === 0) return;
      // Written only if needed: if the report is the only artifact, GitLab links it directly.
      save('images', renderImages(images));
      write(describeLeft(left));
    },
    // GitLab masks variables by project settings; a job cannot add a mask.
    mask: () => undefined,
    summary: async (summary) => {
      writeReport(appendFileSync, pathOf(env, 'summary'), `${summary.markdown()}\n`);
      save('report', summary.html());
      // Without a report GitLab would keep the problems of an earlier run.
      if (problems.length === 0) save('codeQuality', renderCodeQuality([]));
    },
  };
}

type GitlabFile = keyof typeof GITLAB_FILES;

function pathOf(env: Env, file: GitlabFile): string {
  return join(presentText(env['CI_PROJECT_DIR']) ?? '.', GITLAB_FILES[file]);
}

/** Adds all variables, or none if GitLab would refuse the file. Returns whether they were added. */
function addVariables(env: Env, variables: readonly Variable[]): boolean {
  const path = pathOf(env, 'outputs');
  const added = renderDotenv(variables);
  if (!fitsDotenv(existsSync(path) ? readFileSync(path, 'utf8') : '', added)) return false;
  writeReport(appendFileSync, path, added);
  return true;
}

function describeLeft(left: readonly (readonly Variable[])[]): string {
  const kinds = left.map(([first]) => first?.name.replace(/^(HEPHY_[A-Z]+_).*/, '$1*'));
  return `${GITLAB_FILES.outputs} has no room for ${kinds.join(', ')}: read ${GITLAB_FILES.images} instead.\n`;
}

function renderImages(images: readonly PublishedImage[]): string {
  const named = images.map(({ name, reference, digest, tags }) => [name, { reference, digest, tags }]);
  return `${JSON.stringify(Object.fromEntries(named), null, 2)}\n`;
}

function upperSnake(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase();
}
