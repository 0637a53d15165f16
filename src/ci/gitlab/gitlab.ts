import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HephyError } from '../../errors.ts';
import { writeReport } from '../write-report.ts';
import type { Env } from '../../system/env.ts';
import type { Ci } from '../ci.ts';
import { presentText } from '../event-fields.ts';
import type { CiHost } from '../host.ts';
import { renderCodeQuality } from './code-quality.ts';
import { detectGitlabEvent } from './event.ts';
import { renderSectionEnd, renderSectionStart } from './section.ts';

/** Names of the files that the job's `artifacts:` lists. */
export const GITLAB_FILES = {
  outputs: 'hephy.env',
  summary: 'hephy-summary.md',
  codeQuality: 'hephy-code-quality.json',
} as const;

export function createGitlabCi({ env, write }: CiHost): Ci {
  const input = (name: string) => presentText(env[`HEPHY_INPUT_${upperSnake(name)}`]?.trim()) ?? undefined;
  const problems: HephyError[] = [];
  let sections = 0;
  return {
    id: 'gitlab',
    event: () => detectGitlabEvent({ env, images: input('images') ?? env['HEPHY_IMAGES'] }),
    input,
    defaultRegistry: () => presentText(env['CI_REGISTRY_IMAGE']) ?? undefined,
    setOutput: (name, value) => {
      writeReport(appendFileSync, pathOf(env, 'outputs'), renderDotenv(name, value));
    },
    group: async (title, run) => {
      const id = `hephy_${(sections += 1)}`;
      write(renderSectionStart(id, title));
      try {
        return await run();
      } finally {
        write(renderSectionEnd(id));
      }
    },
    annotate: (problem) => {
      problems.push(problem);
      writeReport(writeFileSync, pathOf(env, 'codeQuality'), renderCodeQuality(problems));
    },
    summary: async (markdown) => writeReport(appendFileSync, pathOf(env, 'summary'), `${markdown}\n`),
  };
}

function pathOf(env: Env, file: keyof typeof GITLAB_FILES): string {
  return join(presentText(env['CI_PROJECT_DIR']) ?? '.', GITLAB_FILES[file]);
}

/** A dotenv report has no quotes and no lines within a value: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv */
function renderDotenv(name: string, value: string): string {
  if (!/[\r\n\0]/.test(value)) return `HEPHY_${upperSnake(name)}=${value}\n`;
  throw new HephyError('INTERNAL', `output ${name} has several lines, which a dotenv file cannot hold`);
}

function upperSnake(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '_').toUpperCase();
}
