import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { spinLeg, type SpinLegChanges } from '../../../test/support/spin-leg.ts';
import type { Invocation } from '../../domain/invocation.ts';
import { spin } from './spin.ts';

const goldens = fileURLToPath(new URL('golden', import.meta.url));

/** Each file holds a leg and the whole command that comes of it. HEPHY_UPDATE_GOLDEN=1 writes the second half anew. */
describe('golden', () => {
  test.each(readdirSync(goldens))('%s', (name) => {
    const path = `${goldens}/${name}`;
    const golden: { leg: SpinLegChanges; invocation?: unknown } = parse(readFileSync(path, 'utf8'));
    const shown = show(spin.invocation(spinLeg(golden.leg)));
    if (process.env['HEPHY_UPDATE_GOLDEN'] === '1') {
      const head = readFileSync(path, 'utf8').split('\ninvocation:')[0]?.trimEnd() ?? '';
      const written = stringify({ invocation: shown }, { lineWidth: 0, aliasDuplicateObjects: false });
      writeFileSync(path, `${head}\n\n${written}`);
    } else {
      expect(shown).toEqual(golden.invocation);
    }
  });
});

/** For people to read: names in one line. */
function show({ passEnv, ...command }: Invocation): object {
  return { ...command, passEnv: passEnv.join(' ') };
}

describe('what goes in', () => {
  test('the manifest is an input, wherever it is', () => {
    expect(spin.inputs(spinLeg().recipe)).toEqual(['edge/spin.toml']);
    const beside = spinLeg({ context: 'a/b', options: { manifest_path: '../spin.toml' } });
    expect(spin.inputs(beside.recipe)).toEqual(['a/spin.toml']);
  });

  test('a label or annotation that Spin would cut in the wrong place', () => {
    expect(() => spin.invocation(spinLeg({ labels: { 'a=b': 'c' } }))).toThrowWithCode('CONFIG_VALUE');
    expect(() => spin.invocation(spinLeg({ annotations: { '': 'c' } }))).toThrowWithCode('CONFIG_VALUE');
  });

  test('no setting of Spin itself, and no secret, from the environment', () => {
    const { passEnv, args, env } = spin.invocation(spinLeg({ secrets: [{ id: 'npm', env: 'NPM_TOKEN' }] }));
    expect(passEnv).toContain('NPM_TOKEN');
    expect(passEnv.some((name) => name.startsWith('SPIN'))).toBe(false);
    expect(JSON.stringify({ args, env })).not.toContain('NPM_TOKEN');
  });
});

describe('the digest', () => {
  const digest = `sha256:${'4f'.repeat(32)}`;
  const read = (stdout: string) =>
    spin.readResult(spinLeg(), {
      ...{ exitCode: 0, stdout, output: stdout, durationMs: 1, timedOut: false, files: {} },
    });

  test('is what Spin says last', () => {
    const pretended = `Pushed with digest sha256:${'00'.repeat(32)}\n`;
    expect(read(`${pretended}Finished building all Spin components\nPushed with digest ${digest}\n`)).toEqual(
      {
        digest,
      },
    );
  });

  test('is null where the registry did not tell Spin', () => {
    expect(read('Pushed; the registry did not return the digest\n')).toEqual({ digest: null });
  });

  test.each(['', `Pushed with digest ${digest}\nmore\n`, 'Pushed with digest sha256:short\n', digest])(
    'is not believed from %j',
    (stdout) => {
      expect(read(stdout)).toThrowWithCode('BUILD_FAILED');
    },
  );
});
