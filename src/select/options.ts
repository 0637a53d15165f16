import { HephyError } from '../errors.ts';
import type { ConfiguredImage } from '../config/settings.ts';
import type { ImageConfig } from '../config/schema.ts';
import type { ContextFacts } from '../domain/choice.ts';
import type { BackendId } from '../domain/image.ts';
import { fieldPosition } from '../domain/position.ts';

type BuildkitConfig = NonNullable<ImageConfig['buildkit_config']>;
type KoConfig = NonNullable<ImageConfig['ko_config']>;
type SpinConfig = NonNullable<ImageConfig['spin_config']>;

/** As their schemas fill them in, for images that have no such section. */
const BUILDKIT_DEFAULTS: BuildkitConfig = { provenance: false, sbom: false, ssh: false, allow: [] };
const KO_DEFAULTS: KoConfig = { env: [], flags: [], ldflags: [], sbom: true };
const SPIN_DEFAULTS: SpinConfig = { manifest_path: 'spin.toml', runtime: 'wasi', build: true };

interface OptionsInput {
  readonly image: ConfiguredImage;
  readonly facts: ContextFacts | null;
}

/** The backend's own part of the config, its defaults applied. */
export function chooseOptions(input: OptionsInput, backend: BackendId, problems: HephyError[]): unknown {
  const { values } = input.image;
  if (backend === 'ko' || backend === 'spin') problems.push(...findDockerfileFields(input.image, backend));
  if (backend === 'spin') return values.spin_config ?? SPIN_DEFAULTS;
  if (backend === 'buildkit') return values.buildkit_config ?? BUILDKIT_DEFAULTS;
  if (backend !== 'ko') return {};
  const config = values.ko_config ?? KO_DEFAULTS;
  return { ...config, import_path: config.import_path ?? findProgram(input, config, problems) };
}

/** What a backend without a Dockerfile cannot do would be lost without a word. */
function findDockerfileFields(image: ConfiguredImage, backend: BackendId): readonly HephyError[] {
  const { target, targets = [], secrets = [] } = image.values;
  // Spin hands variables on to the components' build commands, and has no way to hand on a file.
  const lost = backend === 'spin' ? secrets.filter(({ file }) => file !== undefined) : secrets;
  const used = [
    { field: 'target', is: target !== undefined && target !== '', cannot: 'has no Dockerfile stages' },
    { field: 'targets', is: targets.length > 0, cannot: 'has no Dockerfile stages' },
    {
      field: 'secrets',
      is: lost.length > 0,
      cannot: `takes no secrets${backend === 'spin' ? ' from files' : ''}`,
    },
  ];
  return used
    .filter(({ is }) => is)
    .map(({ field, cannot }) => {
      const hint = `Remove ${field}, or set build_backend: buildkit`;
      const message = `${image.name}: ${field} cannot be used here, because ${backend} ${cannot}`;
      return new HephyError('CONFIG_CONFLICT', message, { at: fieldPosition(image, field), hint });
    });
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
