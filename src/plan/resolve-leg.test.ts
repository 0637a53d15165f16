import { expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { image, input } from '../../test/support/plan-input.ts';
import type { BackendId, Leg } from '../domain/image.ts';
import { listPlannedLegs } from '../domain/planned-leg.ts';
import { makePlan } from './plan.ts';
import { type LegContext, resolveLeg } from './resolve-leg.ts';

interface Case {
  readonly backend: BackendId;
  readonly config: Parameters<typeof configured>[1];
  readonly env?: Readonly<Record<string, string>>;
  readonly readsFrom?: LegContext['readsFrom'];
}

/** The first leg of an image, its source an upstream's clone beside the checkout. */
function legOf({ backend, config, env = {}, readsFrom }: Case): Leg {
  const plan = makePlan(input([image(configured('app', config), { backend })]));
  const [planned] = listPlannedLegs(plan.images);
  if (planned === undefined) throw new Error('the plan has no leg');
  return resolveLeg(planned, {
    ...{ root: '/clone', checkout: '/checkout', commitTime: 1_700_000_000, scratch: '/scratch' },
    ...{ registry: '127.0.0.1:5000/shop', insecure: true, env, inputFiles: {}, sourceUrl: null },
    ...(readsFrom !== undefined && { readsFrom }),
  });
}

test.each([
  ['buildkit', { ACTIONS_RUNTIME_TOKEN: 'x' }, 'gha'],
  ['buildkit', {}, null],
  ['kaniko', { ACTIONS_RUNTIME_TOKEN: 'x' }, null],
] as const)("GitHub's cache, for %s with %j, is %s", (backend, env, ref) => {
  const config = { cache: { ref: 'gha', mode: 'min' } } as const;
  expect(legOf({ backend, config, env }).recipe.cache).toEqual({ enabled: true, mode: 'min', ref });
  const named = { cache: { ref: 'ghcr.io/acme/cache', mode: undefined } };
  expect(legOf({ backend, config: named, env }).recipe.cache.ref).toBe('ghcr.io/acme/cache');
});

test('secret files are those of the checkout, whatever is built', () => {
  const config = { secrets: [{ id: 'rc', file: 'app/.netrc' }] };
  const leg = legOf({ backend: 'buildkit', config });
  expect(leg.recipe.secrets).toEqual([{ id: 'rc', file: '/checkout/app/.netrc' }]);
});

test('who may not publish reads the layers of the registry that is named, and keeps none', () => {
  const named = { registry: 'r.example.com/shop', insecure: false };
  const plain = { backend: 'kaniko', config: {} } as const;
  expect(legOf(plain).layers).toBeUndefined();
  const layers = { repository: 'r.example.com/shop', insecure: false, writable: false };
  expect(legOf({ ...plain, readsFrom: named })).toMatchObject({
    layers,
    recipe: { cache: { enabled: true } },
  });
  expect(legOf({ ...plain, readsFrom: null }).recipe.cache.enabled).toBe(false);
  const elsewhere = { cache: { ref: 'ghcr.io/acme/cache', mode: undefined } };
  expect(legOf({ ...plain, config: elsewhere, readsFrom: null })).toMatchObject({
    layers: { writable: false },
    recipe: { cache: { enabled: true, ref: 'ghcr.io/acme/cache' } },
  });
});

test('dollar signs stay as they are written, but in front of a variable, where two keep it from being expanded', () => {
  const build_args = { PRICE: '$$5 $NAME', TEXT: '$${NAME} ${NAME}', PLACE: '${HEPHY_REGISTRY}' };
  const leg = legOf({ backend: 'buildkit', config: { build_args }, env: { NAME: 'x' } });
  expect(leg.buildArgs).toMatchObject({
    PRICE: '$$5 $NAME',
    TEXT: '${NAME} x',
    PLACE: '127.0.0.1:5000/shop',
  });
});
