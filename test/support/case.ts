import { cp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { createGitRepo, createTempDir, type GitRepo } from './git-repo.ts';

const texts = z.record(z.string(), z.string());

/** event.yaml of a case. `{base}`, `{head}` and `{upstream}` stand for what git makes of the folders. */
const CaseEvent = z.strictObject({
  about: z.string(),
  /** Moved, then removed, on top of `repo/`; `change/` is laid over it last. */
  rename: texts.default({}),
  remove: z.array(z.string()).default([]),
  branch: z.string().default('main'),
  gitTags: z.array(z.string()).default([]),
  /** What the platform sets; with `payload`, GitHub's event file. */
  env: texts.default({}),
  payload: z.unknown().optional(),
  flags: z.record(z.string(), z.union([z.string(), z.boolean()])).default({}),
});

export interface Case {
  readonly repo: GitRepo;
  readonly env: Readonly<Record<string, string>>;
  readonly flags: Readonly<Record<string, string | boolean>>;
  /** Replaces what git made by what the case calls it. */
  name(text: string): string;
}

/** A case's folders as a real repository: `repo/` is one commit, what happened to it the next. */
export async function openCase(dir: string): Promise<Case> {
  const event = CaseEvent.parse(parse(await readFile(join(dir, 'event.yaml'), 'utf8')));
  const upstream = await openUpstream(join(dir, 'upstream'));
  const repo = await createGitRepo();
  await repo.git('remote', 'add', 'origin', 'https://git.example.com/acme/shop.git');
  await lay(join(dir, 'repo'), repo.dir);
  const base = await repo.commit('start');
  await repo.git('update-ref', 'refs/remotes/origin/main', base);
  if (event.branch !== 'main') await repo.git('switch', '-q', '-c', event.branch);
  const head = (await change(dir, repo, event)) ? await repo.commit() : base;
  for (const tag of event.gitTags) await repo.git('tag', tag);
  const places = { base, head, ...upstream };
  return {
    repo,
    env: {
      ...fill(event.env, places),
      ...(await payloadEnv(event.payload, places)),
      ...upstreamEnv(upstream),
    },
    flags: { date: '20261120', ...fill(event.flags, places) },
    name: (text) => unfill(text, places),
  };
}

async function change(dir: string, repo: GitRepo, event: z.infer<typeof CaseEvent>): Promise<boolean> {
  for (const [from, to] of Object.entries(event.rename)) await repo.git('mv', from, to);
  await repo.remove(event.remove);
  const laid = await lay(join(dir, 'change'), repo.dir);
  return laid || event.remove.length > 0 || Object.keys(event.rename).length > 0;
}

async function lay(from: string, to: string): Promise<boolean> {
  if (!(await exists(from))) return false;
  await cp(from, to, { recursive: true });
  return true;
}

type Places = Readonly<Record<string, string>>;

/** `upstream/` stands in for https://git.example.com/acme/upstream.git. */
async function openUpstream(dir: string): Promise<Places> {
  if (!(await exists(dir))) return {};
  const repo = await createGitRepo();
  await lay(dir, repo.dir);
  return { upstream: await repo.commit('upstream'), upstreamDir: repo.dir };
}

function upstreamEnv({ upstreamDir }: Places): Record<string, string> {
  if (upstreamDir === undefined) return {};
  return {
    HEPHY_ALLOW_FILE_UPSTREAMS: 'true',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${upstreamDir}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://git.example.com/acme/upstream.git',
  };
}

async function payloadEnv(payload: unknown, places: Places): Promise<Record<string, string>> {
  if (payload === undefined) return {};
  const path = join(await createTempDir(), 'event.json');
  await writeFile(path, JSON.stringify(fill(payload, places)));
  return { GITHUB_EVENT_PATH: path };
}

function fill<T>(value: T, places: Places): T {
  const text = JSON.stringify(value).replace(/\{(\w+)\}/g, (whole, name: string) => places[name] ?? whole);
  const filled: T = JSON.parse(text);
  return filled;
}

/** The longest first: a tag holds only the start of a commit. */
function unfill(text: string, places: Places): string {
  return ['head', 'base', 'upstream'].reduce((named, name) => {
    const sha = places[name];
    return sha === undefined
      ? named
      : named.replaceAll(sha, `{${name}}`).replaceAll(sha.slice(0, 7), `{${name}}`);
  }, text);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Every folder of test/cases. */
export async function listCases(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => relative(root, join(root, entry.name)));
}
