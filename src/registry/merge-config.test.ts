import { expect, test } from '@jest/globals';
import { type ConfigText, parseSource } from './docker-config.ts';
import { type Entry, mergeConfig } from './merge-config.ts';

function merge(files: Partial<Record<ConfigText['kind'], unknown>>, entries: Record<string, Entry> = {}) {
  const texts = (['variable', 'docker', 'podman'] as const).flatMap((kind) =>
    files[kind] === undefined ? [] : [{ kind, origin: kind, text: JSON.stringify(files[kind]) }],
  );
  const merged: unknown = JSON.parse(mergeConfig(texts, new Map(Object.entries(entries))));
  return merged;
}

const OURS = { login: { auth: 'b3VyczpvdXJz' } };
const THEIRS = { auth: 'dGhlaXJzOnRoZWlycw==' };

test('with nothing there, the logins alone', () => {
  expect(merge({}, { 'ghcr.io': OURS, 'docker.io': OURS })).toMatchObject({
    auths: { 'ghcr.io': OURS.login, 'https://index.docker.io/v1/': OURS.login },
  });
});

test('what the user has stays, whatever it is', () => {
  const docker = {
    auths: { 'quay.io': THEIRS, 'https://ghcr.io/v1/': THEIRS },
    credHelpers: { 'gcr.io': 'gcloud', 'GHCR.io': 'gh' },
    currentContext: 'rootless',
    proxies: { default: { httpProxy: 'http://proxy' } },
  };
  expect(merge({ docker }, { 'ghcr.io': OURS })).toEqual({
    ...docker,
    auths: { 'quay.io': THEIRS, 'ghcr.io': OURS.login },
    credHelpers: { 'gcr.io': 'gcloud' },
  });
});

test('a store is not asked for what was written beside it', () => {
  const text = mergeConfig(
    [{ kind: 'docker', origin: 'f', text: '{"credsStore":"desktop"}' }],
    new Map([['r.test', OURS]]),
  );
  const source = parseSource('f', text);
  expect(source.helper('r.test')).toBe(undefined);
  expect(source.entry('r.test')).toEqual({ username: 'ours', password: 'ours' });
  expect(source.helper('other.test')).toBe('desktop');
});

test('a helper instead of a login', () => {
  expect(merge({ docker: { auths: { 'r.test': THEIRS } } }, { 'r.test': { helper: 'ecr-login' } })).toEqual({
    auths: {},
    credHelpers: { 'r.test': 'ecr-login' },
  });
});

test('in the order in which they are asked: the variable, Docker’s file, podman’s', () => {
  const variable = { auths: { 'a.test': { auth: 'dmFyOnZhcg==' }, 'empty.test': {} } };
  const docker = { auths: { 'a.test': THEIRS, 'b.test': THEIRS } };
  const podman = { auths: { 'b.test': OURS.login, 'c.test': OURS.login } };
  expect(merge({ variable, docker, podman })).toMatchObject({
    auths: { 'a.test': { auth: 'dmFyOnZhcg==' }, 'b.test': THEIRS, 'c.test': OURS.login },
  });
  expect(merge({ docker: { credsStore: 'desktop' }, podman })).toEqual({ credsStore: 'desktop' });
});

test('what is broken is said without its text', () => {
  const texts = [{ kind: 'variable', origin: 'DOCKER_AUTH_CONFIG', text: 'hunter22' }] as const;
  expect(() => mergeConfig(texts, new Map())).toThrowWithCode('REGISTRY_CREDENTIALS');
  expect(() => mergeConfig(texts, new Map())).not.toThrow(/hunter22/);
});
