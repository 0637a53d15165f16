import { expect, test } from '@jest/globals';
import { renderProblemSummary } from './markdown-problems.ts';

test('what ended a run before it came to anything: each problem with its place and the way out', () => {
  const problems = [
    {
      code: 'CONFIG_TYPE',
      message: 'a|b\n<two>',
      at: { file: 'api/x.yaml', line: 3, column: 5 },
      hint: 'Do this.',
    },
    { code: 'CONFIG_PATH', message: 'no such file', at: { file: 'web/x.yaml' } },
    { code: 'REGISTRY_AUTH', message: 'refused' },
  ];
  expect(renderProblemSummary(problems)).toBe(`### ✗ 3 problems, nothing was done

| where | problem, and what to do | code |
| --- | --- | --- |
| **api/x.yaml:3:5** | a&#124;b<br>&#60;two&#62;<br>Do this. | CONFIG&#95;TYPE |
| **web/x.yaml** | no such file | CONFIG&#95;PATH |
|  | refused | REGISTRY&#95;AUTH |
`);
  expect(renderProblemSummary(problems.slice(0, 2))).toMatch(
    /^### ✗ 2 problems in 2 files, nothing was done\n/,
  );
});
