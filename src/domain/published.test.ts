import { expect, test } from '@jest/globals';
import { tagVariable, variableNames } from './published.ts';

test('a name stands in a variable in capitals', () => {
  expect(tagVariable('my-base.x')).toBe('MY_BASE_X_TAG');
  expect([...variableNames(['api', 'my-base', '1st'])]).toEqual([
    ['api', 'API'],
    ['my-base', 'MY_BASE'],
    ['1st', '1ST'],
  ]);
});

test('two names that look alike get names of their own, whatever else is there', () => {
  const both = variableNames(['my-base', 'my_base', 'api']);
  expect(both.get('my-base')).toMatch(/^MY_BASE_[0-9A-F]{6}$/);
  expect(both.get('my_base')).toMatch(/^MY_BASE_[0-9A-F]{6}$/);
  expect(both.get('my-base')).not.toBe(both.get('my_base'));
  expect(both.get('api')).toBe('API');
  expect(variableNames(['x', 'my_base', 'my-base']).get('my-base')).toBe(both.get('my-base'));
});

test('no image is called like the setting HEPHY_TAG_FORMAT', () => {
  expect(variableNames(['format']).get('format')).toMatch(/^FORMAT_[0-9A-F]{6}$/);
});
