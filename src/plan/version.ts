import compare from 'semver/functions/compare-build.js';
import parse from 'semver/functions/parse.js';
import type { RunEvent } from '../domain/event.ts';

/** What a semver git tag says, for the patterns of `additional_tags`. */
export interface Version {
  readonly gitTag: string;
  readonly version: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: boolean;
}

/**
 * The git tags that count in this run: on a tag push the one that was pushed, else those of the commit that is built.
 * A merge request is no release, whatever its commit is called.
 */
export function relevantGitTags(event: RunEvent, atHead: readonly string[]): readonly string[] {
  if (event.kind === 'merge_request') return [];
  if (event.kind === 'tag') return [event.ref.replace(/^refs\/tags\//, '')];
  return atHead;
}

/**
 * The version of each image: `v1.4.2` and `1.4.2` are everybody's; `api-v1.4.2`, `api/v1.4.2` and `api@1.4.2` are of the
 * image `api` alone, and then count before the others. Of several the highest.
 */
export function findVersions(gitTags: readonly string[]): (image: string) => Version | undefined {
  const shared = highest(gitTags.flatMap((tag) => readVersion(tag, tag)));
  return (image) => {
    const own = gitTags.flatMap((tag) => readVersion(tag, withoutPrefix(tag, image)));
    return highest(own) ?? shared;
  };
}

function withoutPrefix(tag: string, image: string): string {
  const separated = tag.startsWith(image) && /[-/@]/.test(tag.charAt(image.length));
  return separated ? tag.slice(image.length + 1) : '';
}

function readVersion(gitTag: string, text: string): readonly Version[] {
  if (text === '') return [];
  const parsed = parse(text.replace(/^v/, ''));
  if (parsed === null || text.startsWith('vv')) return [];
  const { version, major, minor, patch } = parsed;
  return [{ gitTag, version, major, minor, patch, prerelease: parsed.prerelease.length > 0 }];
}

function highest(versions: readonly Version[]): Version | undefined {
  return [...versions].sort((a, b) => compare(b.version, a.version))[0];
}
