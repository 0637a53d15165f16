import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { KANIKO_IMAGE } from '../../src/backends/kaniko/image.ts';
import { makeExitProgram } from '../../src/system/process/exit-program.ts';
import { findOtherFileSystem } from './file-systems.ts';
import { BUILDCTL, BUILDKITD, BUSYBOX, KO, RUNC } from './tool-cache.ts';

interface Requirement {
  /** Completes `requires …`; script/count.mjs prints it. */
  readonly text: string;
  /** What some machines cannot have. Everything else is a failure where script/test sets HEPHY_REQUIRE_TOOLS. */
  readonly optional?: true;
  isMet(): boolean;
}

const REQUIREMENTS = {
  busybox: files('static busyboxes (script/get-busybox)', Object.values(BUSYBOX)),
  buildkit: files('buildctl, buildkitd and runc', [BUILDCTL, BUILDKITD, RUNC]),
  ko: files('ko', [KO]),
  emulation: {
    text: 'programs of amd64 and arm64 to run on this machine',
    isMet: () => Object.values(BUSYBOX).every((program) => succeeds(program, ['true'])),
  },
  // Tests of what happens without emulation; an engine's package may register all emulators at once.
  'no emulation of arm': {
    text: 'a machine that does not run programs of linux/arm',
    optional: true,
    isMet: () => !runsArm(),
  },
  qemu: {
    text: 'qemu-user-static',
    isMet: () => succeeds('qemu-arm-static', ['--version']),
  },
  root: { text: 'root', optional: true, isMet: () => process.getuid?.() === 0 },
  engine: {
    text: 'a container engine that answers',
    isMet: () => succeeds('docker', ['version', '--format', '{{.Server.Version}}']),
  },
  'two file systems': {
    text: 'a second file system',
    isMet: () => findOtherFileSystem() !== undefined,
  },
  kaniko: {
    text: `the image ${KANIKO_IMAGE}`,
    optional: true,
    isMet: () => succeeds('docker', ['image', 'inspect', KANIKO_IMAGE]),
  },
} as const satisfies Readonly<Record<string, Requirement>>;

export type RequirementName = keyof typeof REQUIREMENTS;

const answers = new Map<RequirementName, boolean>();

/** For a suite in which one part of several has the requirement. The tests of that part use `testWith`. */
export function has(name: RequirementName): boolean {
  const answer = answers.get(name) ?? REQUIREMENTS[name].isMet();
  answers.set(name, answer);
  return answer;
}

type Body = () => void | Promise<unknown>;

/**
 * A suite that requires more than Node.js and git. Where the machine does not have it, the suite fails, or is skipped and
 * counted with the reason in its name: this is the only way in which a suite is left out.
 */
export function describeWith(names: readonly RequirementName[], title: string, body: () => void): void {
  const { missing, fails } = findMissing(names);
  if (missing === undefined) describe(title, body);
  else if (fails) describe(title, () => failFor(missing));
  else describe.skip(`${title} (requires ${missing})`, body);
}

/** As `describeWith`, for one test. */
export function testWith(names: readonly RequirementName[], title: string, body: Body): void {
  const { missing, fails } = findMissing(names);
  if (missing === undefined) test(title, body);
  else if (fails) describe(title, () => failFor(missing));
  else test.skip(`${title} (requires ${missing})`, body);
}

function failFor(missing: string): void {
  test('has what it requires', () => {
    throw new Error(`this machine does not have ${missing}`);
  });
}

function findMissing(names: readonly RequirementName[]): { missing?: string; fails: boolean } {
  const missing = names.filter((name) => !has(name)).map((name): Requirement => REQUIREMENTS[name]);
  const required = missing.filter(({ optional }) => !optional);
  const strict = process.env['HEPHY_REQUIRE_TOOLS'] === 'true';
  const reasons = (strict && required.length > 0 ? required : missing).map(({ text }) => text);
  return { ...(missing.length > 0 && { missing: reasons.join(', ') }), fails: strict && required.length > 0 };
}

function files(text: string, paths: readonly string[]): Requirement {
  return { text, isMet: () => paths.every((path) => existsSync(path)) };
}

function runsArm(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'hephy-arm-'));
  const program = join(directory, 'program');
  writeFileSync(program, makeExitProgram('arm') ?? '', { mode: 0o755 });
  const runs = succeeds(program, []);
  rmSync(directory, { recursive: true });
  return runs;
}

function succeeds(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
