import { expect, test } from '@jest/globals';
import { decideTag, type TagFacts } from './decide-tag.ts';

const YES = { ours: true, theirs: true };
const V140 = { gitTag: 'v1.4.0', version: '1.4.0', prerelease: false };
const V150 = { gitTag: 'v1.5.0', version: '1.5.0', prerelease: false };
const RC1 = { gitTag: 'v2.0.0-rc.1', version: '2.0.0-rc.1', prerelease: true };
const RC2 = { gitTag: 'v2.0.0-rc.2', version: '2.0.0-rc.2', prerelease: true };

/** A push to the default branch that follows the one before. */
const PUSH: TagFacts = {
  line: undefined,
  relation: 'older',
  from: 'default-branch',
  current: true,
  release: undefined,
  theirRelease: undefined,
  higher: undefined,
  onDefault: YES,
  onRef: YES,
};
const LATE = { current: false };
const BRANCH: Partial<TagFacts> = { from: 'elsewhere', onDefault: { ours: false, theirs: true } };
const RELEASE: Partial<TagFacts> = { from: 'git-tag', release: V150 };
const REF: Partial<TagFacts> = { line: { kind: 'ref' }, from: 'elsewhere' };
const WITHIN: Partial<TagFacts> = { line: { kind: 'version', within: '1' }, from: 'git-tag', release: V140 };

const MOVES: readonly (readonly [string, Partial<TagFacts>])[] = [
  ['the default branch went on', {}],
  ['the same commit is built again', { relation: 'same', ...LATE }],
  ['an image without a label, by the default branch', { relation: undefined }],
  ['a forced push took their commit away', { relation: 'gone' }],
  ['a forced push left both behind', { relation: 'diverged', onRef: { ours: true, theirs: false } }],
  ['the branch was reset to this commit', { relation: 'newer' }],
  ['late, but after what is there', { ...LATE }],
  ['the repository cannot be asked, but is known to be here', { relation: 'unknown' }],
  ['another branch has it, and the default branch takes it', { relation: 'diverged' }],
  ['a branch that nobody else keeps', { ...BRANCH, onDefault: { ours: false, theirs: false } }],
  ['a commit of the default branch that is built by hand', { ...BRANCH, onDefault: YES }],
  ['a release that has all that is there', { ...RELEASE }],
  ['a higher release of another line', { ...RELEASE, relation: 'diverged', theirRelease: V140 }],
  ['a pre-release after a pre-release', { ...RELEASE, release: RC2, theirRelease: RC1 }],
  ["a branch's own tag after a forced push", { ...REF, relation: 'diverged' }],
  ["a branch's own tag, made where the default branch is", { ...REF }],
  ['the highest release within a line', { ...WITHIN, relation: 'diverged' }],
];

test.each(MOVES)('moves: %s', (_, facts) => {
  expect(decideTag({ ...PUSH, ...facts })).toBeUndefined();
});

const STAYS: readonly (readonly [string, Partial<TagFacts>])[] = [
  ['an older run that ends later', { relation: 'newer', ...LATE }],
  [
    'a run that a forced push took the commit of',
    { relation: 'diverged', ...LATE, onRef: { ours: false, theirs: true } },
  ],
  ['a release is ahead of the default branch', { relation: 'newer', theirRelease: V150 }],
  ['late, and the repository cannot be asked', { relation: 'unknown', current: undefined }],
  ['a branch built by hand', { ...BRANCH }],
  ['a branch beside the default branch', { ...BRANCH, relation: 'diverged' }],
  ['an old commit of the default branch', { ...BRANCH, relation: 'newer', onDefault: YES }],
  ['a branch, and nobody knows whose it is', { ...BRANCH, relation: 'gone' }],
  [
    'a branch, where a release has it',
    { ...BRANCH, onDefault: { ours: false, theirs: false }, theirRelease: V140 },
  ],
  ['a git tag on an old commit', { ...RELEASE, relation: 'newer' }],
  ['a release below a higher one', { ...RELEASE, release: V140, higher: V150, relation: 'older' }],
  ['a release beside the default branch', { ...RELEASE, relation: 'diverged' }],
  ['a pre-release', { ...RELEASE, release: RC1 }],
  ["a late run for a branch's own tag", { ...REF, relation: 'newer', ...LATE }],
  ['a maintenance release within a line', { ...WITHIN, higher: V150 }],
  ['a git tag that was moved meanwhile', { ...WITHIN, ...LATE }],
];

test.each(STAYS)('stays: %s', (_, facts) => {
  expect(decideTag({ ...PUSH, ...facts })).toEqual(expect.any(String));
});
