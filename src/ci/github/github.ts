import { readFileSync, statSync } from 'node:fs';
import type { Problem } from '../../domain/result.ts';
import { githubRegistry } from '../../domain/github-registry.ts';
import { formatPosition } from '../../errors.ts';
import type { Env } from '../../system/env.ts';
import type { Ci, PublishedImage } from '../ci.ts';
import type { CiHost } from '../host.ts';
import { presentText } from '../event-fields.ts';
import { reportFailure } from '../write-report.ts';
import { detectGithubEvent } from './event.ts';
import { maskSecret } from './mask.ts';
import { openToolkit, type Toolkit } from './toolkit.ts';

/** GitHub rejects a step summary above this size. */
const SUMMARY_LIMIT = 1024 * 1024;

/** https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, by way of @actions/core. */
export async function openGithubCi(host: CiHost): Promise<Ci> {
  const { env } = host;
  const toolkit = await openToolkit(host);
  const input = (name: string) => toolkit((core) => core.getInput(name)) || undefined;
  const setOutput = (name: string, value: string) => writeOutput(toolkit, env, { name, value });
  return {
    id: 'github',
    keepsFiles: false,
    event: () => detectGithubEvent({ env, payload: readPayload(env), images: input('images') }),
    input,
    defaultRegistry: () => defaultRegistry(env),
    setOutput,
    group: (title) => {
      toolkit((core) => core.startGroup(title));
      return () => toolkit((core) => core.endGroup());
    },
    annotate: (problem) => annotate(toolkit, problem),
    handOver: (images) => {
      for (const [name, value] of Object.entries(describeImages(images)))
        setOutput(name, JSON.stringify(value));
    },
    mask: (secret) => maskSecret(toolkit, secret),
    summary: (summary) => writeSummary(toolkit, env, summary.markdown()),
  };
}

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Without a runner (as in a debug shell) there is no file for outputs, so they are not written. */
function writeOutput(toolkit: Toolkit, env: Env, { name, value }: NamedValue): void {
  if (presentText(env['GITHUB_OUTPUT']) === null) return;
  try {
    toolkit((core) => core.setOutput(name, value));
  } catch (cause) {
    throw reportFailure(cause);
  }
}

/** The file is shared by the whole step, so its existing content counts towards the limit. */
async function writeSummary(toolkit: Toolkit, env: Env, markdown: string): Promise<void> {
  const path = presentText(env['GITHUB_STEP_SUMMARY']);
  if (path === null) return;
  const text = markdown.endsWith('\n') ? markdown : `${markdown}\n`;
  try {
    if (statSync(path).size + Buffer.byteLength(text) > SUMMARY_LIMIT) return;
    await toolkit((core) => core.summary.emptyBuffer().addRaw(text).write());
  } catch (cause) {
    throw reportFailure(cause);
  }
}

function annotate(toolkit: Toolkit, { at, code, hint, message }: Problem): void {
  const text = hint === undefined ? message : `${message}\n${hint}`;
  const place = at !== undefined && at.line === undefined ? `${formatPosition(at)}: ` : '';
  const properties = {
    title: code,
    ...(at && { file: at.file }),
    ...(at?.line !== undefined && { startLine: at.line }),
    ...(at?.column !== undefined && { startColumn: at.column }),
  };
  toolkit((core) => core.error(place + text, properties));
}

/** Without the registry's host: GitHub drops a job output that contains a masked value, and ECR hosts are often masked. */
function describeImages(images: readonly PublishedImage[]): Readonly<Record<string, unknown>> {
  return {
    digests: Object.fromEntries(images.map(({ name, digest }) => [name, digest])),
    tags: Object.fromEntries(images.map(({ name, tags }) => [name, tags])),
  };
}

/** A payload that is missing or not JSON counts as empty; the event is then read from the environment only. */
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
