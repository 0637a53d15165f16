import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A backend as a contributor would write it: it "builds" by pushing the context with a program called `echo`. */
const FOLDER = `import { posix } from 'node:path';
import { z } from 'zod';
import { type Backend, DEFAULT_LINUX_PLATFORMS, LINUX_PLATFORMS } from '../backend.ts';

export const echo: Backend<Record<string, never>> = {
  id: 'echo',
  tool: 'echo',
  options: z.strictObject({}),
  platforms: LINUX_PLATFORMS,
  traits: {
    defaultPlatforms: DEFAULT_LINUX_PLATFORMS,
    dockerfile: null,
    crossCompiles: true,
    emulates: false,
    weight: 1,
    ownJob: false,
    pull: 'docker pull',
    followsLinks: false,
    secrets: 'none',
    githubCache: false,
    frontends: false,
    mirrors: 'never',
    usesBuilder: false,
    identity: [{ version: 'echo' }],
    upstreamUnknown: null,
  },
  fit: {
    detect: () => undefined,
    missing: () => undefined,
  },
  sourceFiles: () => ({ kind: 'context' }),
  inputs: () => [],
  invocation: (leg) => ({
    tool: 'echo',
    args: [posix.join(leg.root, leg.recipe.source.context), leg.tag],
    cwd: leg.root,
    env: {},
    passEnv: [],
    files: [],
  }),
  resultFiles: () => [],
  readResult: () => ({ digest: null }),
  explain: () => undefined,
};
`;

/** A copy of the sources with one folder, one import and one entry more, compiled. Gives the program to run. */
export async function compileWithFifthBackend(into: string): Promise<string> {
  for (const name of ['src', 'package.json', 'tsconfig.json', 'tsconfig.build.json']) {
    await cp(join(ROOT, name), join(into, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(into, 'node_modules'));
  await mkdir(join(into, 'src/backends/echo'));
  await writeFile(join(into, 'src/backends/echo/echo.ts'), FOLDER);
  const map = join(into, 'src/backends/index.ts');
  const text = await readFile(map, 'utf8');
  const entry = text.replace(/(BACKENDS[^{]*\{[^}]*?)\s*\}/, '$1, echo }');
  await writeFile(map, `import { echo } from './echo/echo.ts';\n${entry}`);
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: into });
  return join(into, 'build/src/index.js');
}
