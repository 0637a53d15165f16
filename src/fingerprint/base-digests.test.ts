import { describe, expect, test } from '@jest/globals';
import type { BackendId } from '../domain/image.ts';
import { HephyError } from '../errors.ts';
import { formatRepository } from '../registry/reference.ts';
import type { Registries } from '../registry/repository.ts';
import { openBaseDigests } from './base-digests.ts';
import { usesMirrors } from './tool-identity.ts';

const HUB = 'docker.io/library/busybox';
const NEAR = 'mirror.example.com/hub/library/busybox';
const FAR = 'other.example.com/library/busybox';
const MIRRORS = ['mirror.example.com/hub', 'other.example.com'];

/** By repository: a digest; null: it has none; absent: it does not answer. */
type World = Readonly<Record<string, string | null>>;

interface FoundUnchanged {
  readonly answer: Promise<string>;
  readonly order: readonly string[];
}

function ask(world: World, backend: BackendId = 'kaniko', reference = 'busybox:1'): FoundUnchanged {
  const order: string[] = [];
  const unused = (): never => {
    throw new Error('nothing but a digest is asked for');
  };
  const registries: Registries = {
    repository: (name) => ({
      ...{ name, getManifest: unused, putManifest: unused, listTags: unused, hasBlob: unused },
      ...{ mountBlob: unused, putBlob: unused, readBlob: unused, saveBlob: unused, checkPush: unused },
      findManifest: async () => {
        const place = formatRepository(name);
        order.push(place);
        const digest = world[place];
        if (digest === undefined) throw new HephyError('REGISTRY_UNAVAILABLE', `${place} does not answer`);
        return digest ?? undefined;
      },
    }),
  };
  const asking = openBaseDigests({
    ...{ registries, mirrors: MIRRORS },
    usesMirrors: (id) => usesMirrors(id, {}),
  });
  return { answer: asking(reference, backend), order };
}

describe('an image of Docker Hub', () => {
  test.each<[string, World, readonly string[]]>([
    ['the first mirror that has it', { [NEAR]: 'sha256:near', [HUB]: 'sha256:hub' }, [NEAR]],
    ['the next where one lacks it', { [NEAR]: null, [FAR]: 'sha256:far' }, [NEAR, FAR]],
    ['the next where one is away', { [FAR]: 'sha256:far' }, [NEAR, FAR]],
    ['the Hub at last', { [NEAR]: null, [FAR]: null, [HUB]: 'sha256:hub' }, [NEAR, FAR, HUB]],
  ])('is %s', async (_which, world, asked) => {
    const { answer, order } = ask(world);
    await expect(answer).resolves.toBe(world[asked.at(-1) ?? '']);
    expect(order).toEqual(asked);
  });

  test('that nobody has, or nobody answers for, is not known', async () => {
    await expect(ask({ [NEAR]: null, [FAR]: null, [HUB]: null }).answer).rejects.toThrow(
      'not in its registry',
    );
    await expect(ask({ [NEAR]: null }).answer).rejects.toThrow('docker.io/library/busybox does not answer');
  });

  test('is the Hub’s for ko, which knows no mirror', async () => {
    const { answer, order } = ask({ [NEAR]: 'sha256:near', [HUB]: 'sha256:hub' }, 'ko');
    await expect(answer).resolves.toBe('sha256:hub');
    expect(order).toEqual([HUB]);
  });
});

test('images of other registries, and digests, are not looked for at mirrors', async () => {
  const { answer, order } = ask({ 'ghcr.io/a/b': 'sha256:b' }, 'kaniko', 'ghcr.io/a/b:1');
  await expect(answer).resolves.toBe('sha256:b');
  expect(order).toEqual(['ghcr.io/a/b']);
  const digest = `sha256:${'a'.repeat(64)}`;
  const named = ask({}, 'kaniko', `busybox@${digest}`);
  await expect(named.answer).resolves.toBe(digest);
  expect(named.order).toEqual([]);
});

test('a builder of one’s own has mirrors of its own', async () => {
  expect(await usesMirrors('buildkit', { PATH: '/nowhere' })).toBe(true);
  expect(await usesMirrors('buildkit', { PATH: '/nowhere', BUILDKIT_HOST: 'tcp://b:1' })).toBe(false);
  expect(await usesMirrors('kaniko', { BUILDKIT_HOST: 'tcp://b:1' })).toBe(true);
  expect(await usesMirrors('spin', {})).toBe(false);
});
