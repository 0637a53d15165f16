import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createTempDir } from '../../../test/support/git-repo.ts';
import { testWith } from '../../../test/support/requirements.ts';
import { makeExitProgram } from './exit-program.ts';

async function writeProgram(architecture: string): Promise<string> {
  const file = join(await createTempDir(), 'exit');
  await writeFile(file, makeExitProgram(architecture) ?? '', { mode: 0o755 });
  return file;
}

for (const [architecture, emulator] of [
  ['amd64', 'qemu-x86_64-static'],
  ['arm64', 'qemu-aarch64-static'],
  ['arm', 'qemu-arm-static'],
] as const) {
  testWith(['qemu'], `the program for ${architecture} runs and succeeds`, async () => {
    expect(spawnSync(emulator, [await writeProgram(architecture)])).toMatchObject({
      status: 0,
      signal: null,
    });
  });
}

testWith(['emulation'], 'the kernel takes the programs of both architectures', async () => {
  for (const architecture of ['amd64', 'arm64']) {
    expect(spawnSync(await writeProgram(architecture), [])).toMatchObject({ status: 0, signal: null });
  }
});

test('there is none for an architecture that is not known', () => {
  expect(makeExitProgram('s390x')).toBeUndefined();
});
