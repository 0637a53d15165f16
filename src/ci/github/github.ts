import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { githubRegistry } from '../../domain/github-registry.ts';
import type { Env } from '../../system/env.ts';
import type { Ci, PublishedImage } from '../ci.ts';
import type { CiHost } from '../host.ts';
import { presentText } from '../event-fields.ts';
import { writeReport } from '../write-report.ts';
import { renderAnnotation, renderCommand, renderOutput } from './commands.ts';
import { detectGithubEvent } from './event.ts';

/** GitHub cuts a step's summary off with an error beyond this. */
const SUMMARY_LIMIT = 1024 * 1024;

export function createGithubCi({ env, write }: CiHost): Ci {
  const input = (name: string) =>
    env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`]?.trim() || undefined;
  let summarized = 0;
  function setOutput(name: string, value: string): void {
    append(env, 'GITHUB_OUTPUT', renderOutput(name, value, `hephy_${randomUUID()}`));
  }
  return {
    id: 'github',
    keepsFiles: false,
    event: () => detectGithubEvent({ env, payload: readPayload(env), images: input('images') }),
    input,
    defaultRegistry: () => defaultRegistry(env),
    setOutput,
    group: (title) => {
      write(renderCommand('group', title));
      return () => write(renderCommand('endgroup', ''));
    },
    annotate: (problem) => write(renderAnnotation(problem)),
    handOver: (images) => {
      for (const [name, value] of Object.entries(describeImages(images)))
        setOutput(name, JSON.stringify(value));
    },
    summary: async (summary) => {
      const markdown = summary.markdown();
      const size = Buffer.byteLength(markdown);
      if (summarized + size > SUMMARY_LIMIT) return;
      summarized += size;
      append(env, 'GITHUB_STEP_SUMMARY', markdown.endsWith('\n') ? markdown : `${markdown}\n`);
    },
  };
}

/** Without the registry's host: a job output with a masked value in it is dropped, and hosts of ECR are often masked. */
function describeImages(images: readonly PublishedImage[]): Readonly<Record<string, unknown>> {
  return {
    digests: Object.fromEntries(images.map(({ name, digest }) => [name, digest])),
    tags: Object.fromEntries(images.map(({ name, tags }) => [name, tags])),
  };
}

/** What is not there or not JSON says nothing; the environment alone then decides. */
function readPayload(env: Env): unknown {
  const path = presentText(env['GITHUB_EVENT_PATH']);
  if (path === null) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

function defaultRegistry(env: Env): string | undefined {
  const repository = presentText(env['GITHUB_REPOSITORY'])?.toLowerCase();
  const host = githubRegistry(env['GITHUB_SERVER_URL']);
  return repository === undefined || host === undefined ? undefined : `${host}/${repository}`;
}

/** Outside of a runner (a debug shell) there is no such file, and nobody reads it. */
function append(env: Env, variable: string, content: string): void {
  const path = presentText(env[variable]);
  if (path !== null) writeReport(appendFileSync, path, content);
}
