import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createGitRepo, type GitRepo } from './git-repo.ts';
import { pushBase } from './ko-builds.ts';
import { AMD64, ARM64 } from './registry-client.ts';
import { pinned } from './tool-cache.ts';

const run = promisify(execFile);
const CRANE = process.env['HEPHY_TEST_CRANE'] ?? pinned('crane');

/** What crane, and so anybody, finds in a registry; fails with crane's own words. */
export async function crane(...args: string[]): Promise<string> {
  return (await run(CRANE, args, { maxBuffer: 1 << 26 })).stdout.trim();
}

export async function craneJson<T>(...args: string[]): Promise<T> {
  const parsed: T = JSON.parse(await crane(...args));
  return parsed;
}

export function goProgram(body = ''): string {
  return `package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello"); ${body} }\n`;
}

/** One Go program and its config; `more` are further lines of the config. */
export function goImage(dir: string, more = ''): Record<string, string> {
  return {
    [`${dir}/build-config.yaml`]: `name: ${dir}\nadditional_tags: [latest]\n${more}`,
    [`${dir}/go.mod`]: `module example.com/${dir}\n\ngo 1.22\n`,
    [`${dir}/cmd/${dir}/main.go`]: goProgram(),
  };
}

export function onBase(registry: string): string {
  return `ko_config: {base_image: "${registry}/base:latest"}\n`;
}

/** `api`, and `check` that is built on it, architecture by architecture. */
export async function createGoShop(registry: string): Promise<GitRepo> {
  await pushBase(`${registry}/base`, [AMD64, ARM64]);
  return createGitRepo({
    ...goImage('api', onBase(registry)),
    ...goImage('check', 'ko_config: {base_image: "${HEPHY_REGISTRY}:${API_TAG}"}\n'),
  });
}
