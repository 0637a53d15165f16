import { openTree } from '../changes/tree.ts';
import { type Origin, readOrigin } from '../changes/origin.ts';
import { guessPlatform } from './guess-platform.ts';
import { type Head, resolveHead, resolveHeadIfAny } from '../changes/head.ts';
import { findRepository, type Repository } from '../changes/repository.ts';
import type { Ci } from '../ci/ci.ts';
import { detectCi } from '../ci/index.ts';
import { loadProject } from '../config/load-project.ts';
import { resolveSettings } from '../config/load-settings.ts';
import type { Settings } from '../config/settings.ts';
import type { RunEvent } from '../domain/event.ts';
import type { FileTree } from '../domain/tree.ts';
import type { HephyError } from '../errors.ts';
import { eventFromFlags, nameTag } from './event-flags.ts';
import { type Invoked, textFlag } from './invoked.ts';

/** Repository, CI platform, event and settings of a run, each determined once. */
export interface RunContext {
  readonly repo: Repository;
  readonly origin: Origin;
  readonly ci: Ci;
  readonly event: RunEvent;
  readonly head: Head;
  readonly tree: FileTree;
  readonly settings: Settings;
  /** Of the project's file, inputs and variables; reported together with the problems of the images. */
  readonly problems: readonly HephyError[];
}

export interface RunContextOptions {
  /** False: a repository without a commit is accepted too. */
  readonly needsCommit: boolean;
}

export async function loadRunContext(
  invoked: Invoked,
  { needsCommit }: RunContextOptions = { needsCommit: true },
): Promise<RunContext> {
  const { env, flags, cwd, signal, output } = invoked;
  const finding = findRepository(cwd, env, signal);
  const [ci, repo] = await Promise.all([detectCi({ env, write: output.draw }), finding]);
  const requested = eventFromFlags(ci.event(), flags);
  const resolving = needsCommit ? resolveHead(repo, requested) : resolveHeadIfAny(repo, requested);
  const files = openFiles(repo, requested, resolving);
  const [head, tree, origin] = await Promise.all([resolving, files, readOrigin(repo)]);
  const event = nameTag(requested, head);
  const { project, problems } = await loadProject(tree);
  const resolved = resolveSettings({
    input: (name) => textFlag(flags, name) ?? ci.input(name),
    env,
    project,
    platformId: ci.id,
    runsOn: ci.id === 'local' ? guessPlatform(origin, tree) : ci.id,
    defaultRegistry: ci.defaultRegistry(),
  });
  invoked.redactor.hideHosts(resolved.settings.redact);
  return {
    repo,
    origin,
    ci,
    event,
    head: { ...head, ref: event.ref },
    tree,
    settings: resolved.settings,
    problems: [...problems, ...resolved.problems],
  };
}

/** The files of the event's commit, which may not be checked out; without a commit, those of the working tree. */
async function openFiles(repo: Repository, event: RunEvent, head: Promise<Head>): Promise<FileTree> {
  return event.sha === null ? openTree(repo, null) : openTree(repo, (await head).sha);
}
