import { HephyError } from '../errors.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import type { ImageConfig } from '../config/schema.ts';
import type { ContextFacts } from '../domain/choice.ts';
import type { BackendId } from '../domain/image.ts';
import { fieldPosition } from '../domain/position.ts';

type KoConfig = NonNullable<ImageConfig['ko_config']>;
type SpinConfig = NonNullable<ImageConfig['spin_config']>;

/** As their schemas fill them in, for images that have no such section. */
const KO_DEFAULTS: KoConfig = { env: [], flags: [], ldflags: [], sbom: true };
const SPIN_DEFAULTS: SpinConfig = { manifest_path: 'spin.toml', runtime: 'wasi', build: true };

interface OptionsInput {
  readonly image: ConfiguredImage;
  readonly facts: ContextFacts | null;
}

/** The backend's own part of the config, its defaults applied. */
export function chooseOptions(input: OptionsInput, backend: BackendId, problems: HephyError[]): unknown {
  const { values } = input.image;
  if (backend === 'spin') return values.spin_config ?? SPIN_DEFAULTS;
  if (backend !== 'ko') return {};
  if ((values.targets ?? []).length > 0) problems.push(targetsError(input.image));
  const config = values.ko_config ?? KO_DEFAULTS;
  return { ...config, import_path: config.import_path ?? findProgram(input, config, problems) };
}

function targetsError(image: ConfiguredImage): HephyError {
  return new HephyError(
    'CONFIG_CONFLICT',
    `${image.name}: targets are stages of a Dockerfile, and ko reads none`,
    {
      at: fieldPosition(image, 'targets'),
      hint: 'Remove targets, or set build_backend: buildkit',
    },
  );
}

/** The one program below cmd/, or the one that is called like the image; without a cmd/, the module's root, as ko has it. */
function findProgram({ image, facts }: OptionsInput, config: KoConfig, problems: HephyError[]): string {
  if (facts === null || !facts.hasCmd || config.working_dir !== undefined) return '.';
  const { commands } = facts;
  const only = commands.length === 1 ? commands[0] : undefined;
  const wanted = [image.name, image.dir.split('/').at(-1)];
  const chosen = only ?? wanted.find((name) => name !== undefined && commands.includes(name));
  if (chosen === undefined) problems.push(programError(image, commands));
  return chosen === undefined || chosen === '.' ? './cmd' : `./cmd/${chosen}`;
}

function programError(image: ConfiguredImage, commands: readonly string[]): HephyError {
  const candidates = commands.map((name) => (name === '.' ? './cmd' : `./cmd/${name}`));
  const message =
    candidates.length === 0
      ? `${image.name}: there is no Go program below ${image.context}/cmd`
      : `${image.name}: which Go program is meant? ${candidates.join(', ')}`;
  return new HephyError('CONFIG_KO', message, {
    at: fieldPosition(image, 'ko_config'),
    hint: `Set ko_config.import_path: ${candidates[0] ?? './path/to/main'}`,
  });
}
