import { describe, expect, test } from '@jest/globals';
import { configured } from '../../test/support/configured.ts';
import { image, input } from '../../test/support/plan-input.ts';
import { decodePlan, encodePlan } from './encode.ts';
import { makePlan } from './plan.ts';

describe('handing on', () => {
  const many = Array.from({ length: 400 }, (_, at) => image(configured(`image-${at}`)));

  test('small plans are plain JSON, large ones are packed, both come back', () => {
    const small = makePlan(input(many.slice(0, 2)));
    const large = makePlan(input(many));
    expect(encodePlan(small).startsWith('{')).toBe(true);
    expect(encodePlan(large).length).toBeLessThan(100_000);
    expect(decodePlan(encodePlan(small))).toEqual(small);
    expect(decodePlan(`${encodePlan(large)}\n`)).toEqual(large);
  });

  test.each(['', '{', '[]', '{"version":1}', 'gzip:', 'gzip:AAAA', 'null', '\u0000'])(
    '%j is not a plan',
    (text) => {
      expect(() => decodePlan(text)).toThrowWithCode('PLAN_INVALID');
    },
  );
});
