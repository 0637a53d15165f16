import { realpath } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import type { GoInputs } from '../domain/change.ts';
import { HephyError } from '../errors.ts';
import { childEnv, type Env } from '../system/env.ts';
import { exec } from '../system/process/exec.ts';
import { lookUpTool } from '../system/tools/tools.ts';

export interface GoPackagesOptions {
  /** The repository. */
  readonly root: string;
  /** The directory where `go list` runs, relative to the root. */
  readonly contextDir: string;
  /** Main packages, `./cmd/server`. */
  readonly packages: readonly string[];
  /** Build tags that the image's flags set. */
  readonly tags?: readonly string[];
  readonly env: Env;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const Package = z.object({
  Dir: z.string().optional(),
  ImportPath: z.string(),
  Name: z.string().optional(),
  DepOnly: z.boolean().optional(),
  Standard: z.boolean().optional(),
  EmbedPatterns: z.array(z.string()).optional(),
  Module: z.object({ Path: z.string(), GoMod: z.string().optional() }).optional(),
  Error: z.unknown().optional(),
});
type Package = z.infer<typeof Package>;

const FIELDS = 'Dir,ImportPath,Name,DepOnly,Standard,EmbedPatterns,Module,Error';
/** Both, to include imports behind `//go:build arm64`. All files of a package's folder are included anyway. */
const ARCHITECTURES = ['amd64', 'arm64'];
const PASSED = [
  'GOPATH',
  'GOMODCACHE',
  'GOCACHE',
  'GOROOT',
  'GOWORK',
  'GOPRIVATE',
  'GOEXPERIMENT',
  'CGO_ENABLED',
];
const TIMEOUT_MS = 30_000;

/** Lists the packages that the programs import; null if Go cannot list them, so that the whole module counts. */
export async function listGoPackages(question: GoPackagesOptions): Promise<GoInputs | null> {
  const root = await realpath(question.root);
  const answers = await Promise.all(ARCHITECTURES.map((arch) => listPackages(question, root, arch)));
  const all = answers.flatMap((answer) => answer ?? []);
  const packages = all.filter((one) => isInside(root, one.Dir));
  const mains = packages.filter((one) => !one.DepOnly && one.Name === 'main');
  if (answers.includes(undefined) || mains.length === 0 || lacksOwn(packages, all)) return null;
  const directories = packages.map((one) => one.Dir ?? root);
  const trees = packages.filter((one) => one.EmbedPatterns).map((one) => one.Dir ?? root);
  const kodata = mains.map((one) => join(one.Dir ?? root, 'kodata'));
  return {
    packages: sortPaths(
      root,
      mains.map((one) => one.Dir ?? root),
    ),
    directories: sortPaths(root, directories),
    trees: sortPaths(root, [...trees, ...kodata]),
    files: sortPaths(root, moduleFiles({ root, packages, context: join(root, question.contextDir) })),
  };
}

/** Whether a package of the repository is missing or broken, so that its folder is unknown. Errors of other packages only mean a missing download. */
function lacksOwn(packages: readonly Package[], all: readonly Package[]): boolean {
  const modules = [...new Set(packages.flatMap((one) => one.Module?.Path ?? []))];
  return all.some(
    (one) => one.Error !== undefined && modules.some((path) => `${one.ImportPath}/`.startsWith(`${path}/`)),
  );
}

async function listPackages(
  question: GoPackagesOptions,
  root: string,
  arch: string,
): Promise<readonly Package[] | undefined> {
  const { env, packages, signal, tags = [] } = question;
  const flags = [
    '-deps',
    '-buildvcs=false',
    `-json=${FIELDS}`,
    ...(tags.length > 0 ? [`-tags=${tags.join(',')}`] : []),
  ];
  // Offline and read-only: without `-mod`, Go uses vendor/ if it exists, and does not change go.mod.
  const go = await lookUpTool('go', env);
  if (go === undefined) return undefined;
  const offline = { GOPROXY: 'off', GOFLAGS: '', GOTOOLCHAIN: 'local', GOOS: 'linux', GOARCH: arch };
  try {
    const done = await exec({
      file: go.path,
      args: ['list', '-e', ...flags, '--', ...packages],
      cwd: join(root, question.contextDir),
      env: { CGO_ENABLED: '0', ...childEnv(env, PASSED), ...offline },
      timeoutMs: question.timeoutMs ?? TIMEOUT_MS,
      ...(signal && { signal }),
    });
    return done.exitCode === 0 ? parsePackages(done.stdout.toString('utf8')) : undefined;
  } catch (error) {
    if (error instanceof HephyError) return undefined;
    throw error;
  }
}

/** JSON objects one after another, each ending in a brace at the start of a line. */
function parsePackages(text: string): readonly Package[] {
  const objects = text.split(/(?<=^\})\n/m).filter((object) => object.trim() !== '');
  return objects.map((object) => Package.parse(JSON.parse(object)));
}

interface ModuleFilesInput {
  readonly root: string;
  readonly packages: readonly Package[];
  readonly context: string;
}

/** go.mod and go.sum of every used module in the repository, and workspace files above the context. */
function moduleFiles({ root, packages, context }: ModuleFilesInput): readonly string[] {
  const mods = packages.flatMap((one) => one.Module?.GoMod ?? []);
  const sums = mods.map((file) => join(dirname(file), 'go.sum'));
  const vendored = mods.map((file) => join(dirname(file), 'vendor', 'modules.txt'));
  const works: string[] = [];
  for (let folder = context; isInside(root, folder); folder = dirname(folder)) {
    works.push(join(folder, 'go.work'), join(folder, 'go.work.sum'));
    if (folder === root) break;
  }
  const certain = [...mods, ...sums].filter((file) => isInside(root, file));
  return [...certain, ...[...works, ...vendored].filter((file) => isInside(root, file) && existsSync(file))];
}

function isInside(root: string, path: string | undefined): boolean {
  return path !== undefined && (path === root || path.startsWith(root + sep));
}

function sortPaths(root: string, paths: readonly string[]): readonly string[] {
  const names = paths.map((path) => relative(root, path).split(sep).join('/') || '.');
  return [...new Set(names)].sort();
}
