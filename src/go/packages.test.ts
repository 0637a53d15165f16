import { expect, test } from '@jest/globals';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGitRepo, createTempDir } from '../../test/support/git-repo.ts';
import { readEnv } from '../system/env.ts';
import { listGoPackages, type GoPackagesOptions } from './packages.ts';

const env = { ...readEnv(), PATH: `${readEnv()['PATH'] ?? ''}:/usr/local/go/bin` };

async function inputsOf(files: Record<string, string>, question: Partial<GoPackagesOptions> = {}) {
  const repo = await createGitRepo(files);
  return listGoPackages({ root: repo.dir, contextDir: '.', packages: ['./cmd/server'], env, ...question });
}

const MAIN = 'package main\n\nimport "example.com/shop/pkg/auth"\n\nfunc main() { auth.Check() }\n';
const AUTH = 'package auth\n\nfunc Check() {}\n';

test('a module at the root of the repository, a program below it', async () => {
  const files = {
    'go.mod': 'module example.com/shop\n\ngo 1.20\n',
    'services/api/cmd/server/main.go': MAIN,
    'pkg/auth/auth.go': AUTH,
    'pkg/other/other.go': 'package other\n',
  };
  expect(await inputsOf(files, { contextDir: 'services/api' })).toEqual({
    packages: ['services/api/cmd/server'],
    directories: ['pkg/auth', 'services/api/cmd/server'],
    trees: ['services/api/cmd/server/kodata'],
    files: ['go.mod', 'go.sum'],
  });
});

test('embedded files, both architectures, build tags and modules that are replaced', async () => {
  const inputs = await inputsOf(
    {
      'app/go.mod': 'module a\n\ngo 1.20\n\nrequire l v0.0.0\n\nreplace l => ../lib\n',
      'app/main.go': 'package main\n\nimport (\n\t_ "a/page"\n\t_ "l"\n)\n\nfunc main() {}\n',
      'app/main_arm64.go': 'package main\n\nimport _ "a/arm"\n',
      'app/main_pro.go': '//go:build pro\n\npackage main\n\nimport _ "a/pro"\n',
      'app/main_test.go': 'package main\n\nimport _ "a/testonly"\n',
      'app/page/page.go': 'package page\n\nimport _ "embed"\n\n//go:embed x.html\nvar Page string\n',
      'app/page/x.html': '<p>',
      'app/arm/x.go': 'package arm\n',
      'app/pro/x.go': 'package pro\n',
      'app/testonly/x.go': 'package testonly\n',
      'lib/go.mod': 'module l\n\ngo 1.20\n',
      'lib/l.go': 'package l\n',
      'go.work': 'go 1.20\n\nuse ./app\nuse ./lib\n',
    },
    { contextDir: 'app', packages: ['.'], tags: ['pro'] },
  );
  expect(inputs).toEqual({
    packages: ['app'],
    directories: ['app', 'app/arm', 'app/page', 'app/pro', 'lib'],
    trees: ['app/kodata', 'app/page'],
    files: ['app/go.mod', 'app/go.sum', 'go.work', 'lib/go.mod', 'lib/go.sum'],
  });
});

test('a package from elsewhere that was not downloaded does not matter', async () => {
  const inputs = await inputsOf({
    'go.mod': 'module example.com/shop\n\ngo 1.20\n\nrequire example.org/far v1.0.0\n',
    'go.sum': '',
    'cmd/server/main.go': 'package main\n\nimport _ "example.org/far"\n\nfunc main() {}\n',
  });
  expect(inputs?.directories).toEqual(['cmd/server']);
});

test.each([
  [
    'a package of its own that is gone',
    { 'go.mod': 'module example.com/shop\n', 'cmd/server/main.go': MAIN },
  ],
  ['no module', { 'cmd/server/main.go': MAIN }],
  ['no program', { 'go.mod': 'module example.com/shop\n', 'pkg/auth/auth.go': AUTH }],
  ['a broken go.mod', { 'go.mod': 'modul x\n', 'cmd/server/main.go': 'package main\n' }],
])('where Go cannot tell, it says so: %s', async (_, files) => {
  expect(await inputsOf(files)).toBe(null);
});

test('a package that looks like a flag, no Go, and a Go that hangs', async () => {
  const files = { 'go.mod': 'module example.com/shop\n', 'cmd/server/main.go': 'package main\n' };
  const empty = await createTempDir();
  expect(await inputsOf(files, { packages: ['-toolexec=id'] })).toBe(null);
  expect(await inputsOf(files, { env: { ...env, PATH: empty } })).toBe(null);
  expect(await inputsOf(files, { contextDir: 'nowhere' })).toBe(null);
  await writeFile(join(empty, 'go'), '#!/bin/sh\nexec /bin/sleep 60\n');
  await chmod(join(empty, 'go'), 0o755);
  expect(await inputsOf(files, { env: { ...env, PATH: empty }, timeoutMs: 50 })).toBe(null);
});
