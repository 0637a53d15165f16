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

/** Where a run finds itself: repository, platform, event and settings, each looked up once. */
export interface RunContext {
  readonly repo: Repository;
  readonly origin: Origin;
  readonly ci: Ci;
  readonly event: RunEvent;
  readonly head: Head;
  readonly tree: FileTree;
  readonly settings: Settings;
  /** Of the project's file, inputs and variables; told together with those of the images. */
  readonly problems: readonly HephyError[];
}

export interface LookOptions {
  /** False: a repository in which nothing is committed yet is one as well. */
  readonly needsCommit: boolean;
}

export async function loadRunContext(
  invoked: Invoked,
  { needsCommit }: LookOptions = { needsCommit: true },
): Promise<RunContext> {
  const { env, flags, cwd, signal, output } = invoked;
  const looking = findRepository(cwd, env, signal);
  const [ci, repo] = await Promise.all([detectCi({ env, write: output.draw }), looking]);
  const told = eventFromFlags(ci.event(), flags);
  const heading = needsCommit ? resolveHead(repo, told) : resolveHeadIfAny(repo, told);
  const [head, tree, origin] = await Promise.all([heading, openFiles(repo, told, heading), readOrigin(repo)]);
  const event = nameTag(told, head);
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
  const all = [...problems, ...resolved.problems];
  return {
    repo,
    origin,
    ci,
    event,
    head: { ...head, ref: event.ref },
    tree,
    settings: resolved.settings,
    problems: all,
  };
}

/** A commit's files, as it may not be what is checked out; the working tree's where no commit was named. */
async function openFiles(repo: Repository, event: RunEvent, head: Promise<Head>): Promise<FileTree> {
  return event.sha === null ? openTree(repo, null) : openTree(repo, (await head).sha);
}
