import { describe, expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { HEAD, image, input } from '../../test/support/plan-input.ts';
import { hashValue, makeFingerprint } from '../domain/fingerprint.ts';
import type { Plan } from '../domain/plan.ts';
import { decodePlan, encodePlan } from './encode.ts';
import { makePlan } from './plan.ts';

describe('handing on', () => {
  const many = Array.from({ length: 400 }, (_, at) => image(configured(`image-${at}`)));

  const more = Array.from({ length: 400 }, (_, at) => image(configured(`image-${at + 400}`)));

  test('small plans are plain JSON, large ones are packed, both come back', () => {
    const small = makePlan(input(many.slice(0, 2)));
    const large = makePlan(input(many));
    expect(encodePlan(small).startsWith('{')).toBe(true);
    expect(encodePlan(large).length).toBeLessThan(100_000);
    expect(decodePlan(encodePlan(small))).toEqual(small);
    expect(decodePlan(`${encodePlan(large)}\n`)).toEqual(large);
  });

  test('with a fingerprint on every leg of 800 images it still fits into a variable of the environment', () => {
    const plan = fingerprinted(makePlan(input([...many, ...more])));
    const encoded = encodePlan(plan);
    expect(encoded.length).toBeLessThan(131_000);
    expect(decodePlan(encoded).images[799]?.legs[1]?.unchanged).toEqual(plan.images[799]?.legs[1]?.unchanged);
  });

  test('what cannot be handed on at all is an error that says so', () => {
    const everything = Array.from({ length: 4000 }, (_, at) => image(configured(`image-${at}`)));
    expect(() => encodePlan(fingerprinted(makePlan(input(everything))))).toThrowWithCode('PLAN_TOO_LARGE');
  });

  test.each(['', '{', '[]', '{"version":1}', 'brotli:', 'brotli:AAAA', 'null', '\u0000'])(
    '%j is not a plan',
    (text) => {
      expect(() => decodePlan(text)).toThrowWithCode('PLAN_INVALID');
    },
  );
});

/** Hashes do not pack: the worst that a plan can carry. */
function fingerprinted(plan: Plan): Plan {
  const images = plan.images.map((one) => ({
    ...one,
    legs: one.legs.map((leg) => ({
      ...leg,
      fingerprint: makeFingerprint({ files: hashValue(leg.id) }),
      unchanged: { digest: `sha256:${hashValue(`image ${leg.id}`)}`, revision: HEAD },
    })),
  }));
  return { ...plan, images };
}
