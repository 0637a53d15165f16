import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Verdict } from '../domain/change.ts';
import { readOrigin, sortByDependency, spreadToDependents, type Dependencies } from './graph.ts';

function graph(edges: Readonly<Record<string, readonly string[]>>): Dependencies {
  return new Map(
    Object.entries(edges).map(([name, on]) => [
      name,
      on.map((other) => ({ on: other, output: other, origin: `${name}/Dockerfile:1`, use: 'base' as const })),
    ]),
  );
}

const YES: Verdict = { affected: true, why: 'changed: x', dirty: false };
const NO: Verdict = { affected: false, why: 'no change', dirty: false };

/** Edges only from later to earlier numbers: no circle is possible. */
const acyclic = fc
  .array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 40 })
  .map((rows) =>
    Object.fromEntries(
      rows.map((row, at) => [`i${at}`, at === 0 ? [] : row.map((number) => `i${number % at}`)] as const),
    ),
  );

describe('order', () => {
  test('dependencies come first, the rest stays as it was, unknown names are outside', () => {
    expect(sortByDependency(graph({ web: ['base'], api: [], base: ['gone'] })).order).toEqual([
      'base',
      'web',
      'api',
    ]);
  });

  test('every image once, after all that it depends on', () => {
    fc.assert(
      fc.property(acyclic, (edges) => {
        const { order, cycles } = sortByDependency(graph(edges));
        const place = new Map(order.map((name, at) => [name, at]));
        expect(cycles).toEqual([]);
        expect([...order].sort()).toEqual(Object.keys(edges).sort());
        for (const [name, on] of Object.entries(edges)) {
          for (const other of on) expect(place.get(other)).toBeLessThan(place.get(name) ?? -1);
        }
      }),
    );
  });

  test('a chain of 20,000', () => {
    const edges = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`i${at}`, at === 19_999 ? [] : [`i${at + 1}`]] as const),
    );
    const dependencies = graph(edges);
    expect(sortByDependency(dependencies).order[0]).toBe('i19999');
    const verdicts = new Map(Object.keys(edges).map((name) => [name, name === 'i19999' ? YES : NO]));
    expect(spreadToDependents(verdicts, dependencies).get('i0')?.why).toBe('depends on i1');
  });
});

describe('circles', () => {
  test('are printed from the least name on, with the place of each edge', () => {
    const { cycles } = sortByDependency(graph({ c: ['a'], b: ['c'], a: ['b'], d: ['a'] }));
    expect(cycles).toHaveLength(1);
    expect(cycles[0]).toMatchObject({ code: 'CONFIG_CYCLE', at: { file: 'a/Dockerfile', line: 1 } });
    expect(cycles[0]?.message).toContain('a → b → c → a\n  a → b: a/Dockerfile:1\n  b → c: b/Dockerfile:1');
  });

  test('an image that depends on itself, and two circles apart', () => {
    expect(sortByDependency(graph({ a: ['a'] })).cycles[0]?.message).toContain('a → a');
    expect(sortByDependency(graph({ a: ['b'], b: ['a'], c: ['d'], d: ['c'] })).cycles).toHaveLength(2);
  });

  test('one added edge that closes a path is always found', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), (length, where) => {
        const edges = Object.fromEntries(
          Array.from({ length }, (_, at) => [`i${at}`, at === 0 ? [] : [`i${at - 1}`]] as const),
        );
        const closed = { ...edges, i0: [`i${where % length}`] };
        expect(sortByDependency(graph(closed)).cycles).toHaveLength(1);
        expect(sortByDependency(graph(edges)).cycles).toHaveLength(0);
      }),
    );
  });
});

describe('spreading', () => {
  test('reaches all dependents, names the nearest cause, and leaves the others alone', () => {
    const verdicts = new Map([
      ['base', YES],
      ['web', NO],
      ['shop', NO],
      ['api', NO],
    ]);
    const spread = spreadToDependents(verdicts, graph({ base: [], web: ['base'], shop: ['web'], api: [] }));
    expect([...spread].map(([name, { why }]) => `${name}: ${why}`)).toEqual([
      'base: changed: x',
      'web: depends on base',
      'shop: depends on web',
      'api: no change',
    ]);
  });

  test('what is uncommitted spreads to images that changed themselves', () => {
    const verdicts = new Map([
      ['web', YES],
      ['base', { ...YES, dirty: true }],
    ]);
    const spread = spreadToDependents(verdicts, graph({ base: [], web: ['base'] }));
    expect(spread.get('web')).toEqual({ affected: true, why: 'changed: x', dirty: true });
  });

  test('a circle ends, and nothing affected changes nothing', () => {
    const edges = graph({ a: ['b'], b: ['a'] });
    const one = new Map([
      ['a', YES],
      ['b', NO],
    ]);
    expect(spreadToDependents(one, edges).get('b')?.affected).toBe(true);
    fc.assert(
      fc.property(acyclic, (all) => {
        const none = new Map(Object.keys(all).map((name) => [name, NO]));
        expect(spreadToDependents(none, graph(all))).toEqual(none);
      }),
    );
  });
});

test('origins are places', () => {
  expect(readOrigin('a/b.yaml:7:5')).toEqual({ file: 'a/b.yaml', line: 7, column: 5 });
  expect(readOrigin('a:1/Dockerfile:12')).toEqual({ file: 'a:1/Dockerfile', line: 12 });
  expect(readOrigin('odd')).toEqual({ file: 'odd' });
});
