import type { Leg } from '../../domain/image.ts';
import type { Influences } from '../backend.ts';
import { namedVariables, passedVariables } from './environment.ts';
import type { KoOptions } from './options.ts';
import { type KoConfig, readConfig } from './ko-config.ts';

/** Go's own settings are not in this list: `go env` reports them, because some are in a file of the user. */
const DECIDING = ['KO_DATA_DATE_EPOCH', 'GOWORK'];

/** Flags that make a build depend on more than the sources, the flags and the versions. */
const UNKNOWN: readonly (readonly [RegExp, string])[] = [
  [/\{\{[^}]*\.(Git|Date|Timestamp)\b/, 'a flag uses the commit or the time'],
  [/-buildvcs=(?!false)|-buildvcs(?!=)/, 'a flag puts the state of the checkout into the binary: -buildvcs'],
  [/-(modfile|overlay|toolexec)\b|-pgo=\//, 'a flag refers to a file or a program on the machine'],
  [/"CGO_ENABLED=(?!0")/, 'cgo uses the C compiler and the libraries on the machine'],
];

export function listInfluences(
  leg: Leg<KoOptions>,
  env: Readonly<Record<string, string | undefined>>,
): Influences {
  const { file, config } = readConfig(leg);
  const open = passedVariables(leg.recipe.options, file).filter((name) => name.startsWith('KO_DEFAULT'));
  const named = namedVariables(config).filter((name) => !(name in leg.buildArgs));
  const usersBase = open.includes('KO_DEFAULTBASEIMAGE') ? env['KO_DEFAULTBASEIMAGE'] : undefined;
  return {
    env: [...open, ...DECIDING, ...named],
    bases: listBases(config, usersBase),
    unknown: findUnknown(config, env, open),
  };
}

/** For ko a variable of the user overrides the file, unless the variable is kept out. */
function listBases(
  { defaultBaseImage, baseImageOverrides }: KoConfig,
  usersBase: string | undefined,
): readonly string[] {
  const standard = usersBase || defaultBaseImage;
  return [standard, ...Object.values(baseImageOverrides ?? {})].filter((base) => base !== 'scratch');
}

function findUnknown(
  config: KoConfig,
  env: Readonly<Record<string, string | undefined>>,
  open: readonly string[],
): string | null {
  if (env['KO_GO_PATH']) return 'KO_GO_PATH selects another Go';
  if (env['GOWORK'] && env['GOWORK'] !== 'off') return 'GOWORK refers to a file on the machine';
  const cgo = env['CGO_ENABLED'] ?? '0';
  const texts = [...open, 'GOFLAGS'].map((name) => env[name] ?? '');
  const text = [JSON.stringify(config), JSON.stringify(`CGO_ENABLED=${cgo}`), ...texts].join('\n');
  return UNKNOWN.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}
