import { HephyError, type Position } from '../errors.ts';
import type { ConfiguredImage, Settings } from '../config/settings.ts';
import type { ContextFacts } from '../domain/choice.ts';
import type { BackendId } from '../domain/image.ts';
import { fieldPosition } from '../domain/position.ts';
import type { Dockerfile } from '../dockerfile/dockerfile.ts';

export interface ChoiceInput {
  readonly image: ConfiguredImage;
  /** Null where nothing can be looked at: an upstream repository. */
  readonly facts: ContextFacts | null;
  /** Undefined where there is none, or where it is in an upstream repository. */
  readonly dockerfile: Dockerfile | undefined;
  readonly override: Settings['backendOverride'] | undefined;
}

export interface Picked {
  readonly backend: BackendId;
  readonly reason: string;
  /** The override or the field that named it; undefined where it was detected. */
  readonly by?: 'override' | 'config';
  readonly suggestions?: readonly string[];
}

/** What the picked backend cannot do without, where the context does not have it. */
export function findImpossible(input: ChoiceInput, picked: Picked): HephyError[] {
  const missing = input.facts === null ? undefined : MISSING[picked.backend](input, input.facts);
  if (missing === undefined) return [];
  const { image } = input;
  if (picked.by === 'override') return [overrideError(image, picked.backend, missing)];
  const field = picked.by === 'config' ? 'build_backend' : 'dockerfile_path';
  return [missingError(image, missing, fieldPosition(image, field))];
}

interface Missing {
  readonly code: 'CONFIG_KO' | 'CONFIG_PATH' | 'CONFIG_DOCKERFILE';
  readonly message: string;
  readonly hint: string;
}

type Check = (input: ChoiceInput, facts: ContextFacts) => Missing | undefined;

const MISSING: Readonly<Record<BackendId, Check>> = {
  ko: findMissingModule,
  spin: findMissingManifest,
  kaniko: findMissingDockerfile,
  buildkit: findMissingDockerfile,
};

function findMissingModule({ image }: ChoiceInput, facts: ContextFacts): Missing | undefined {
  const elsewhere = image.values.ko_config?.working_dir !== undefined;
  if (facts.hasGoMod || facts.inGoModule || elsewhere) return undefined;
  return {
    code: 'CONFIG_KO',
    message: `there is no go.mod in ${image.context}, and ko builds Go modules`,
    hint: 'Set ko_config.working_dir to the directory of the Go module, or choose another build_backend.',
  };
}

function findMissingManifest({ image }: ChoiceInput, facts: ContextFacts): Missing | undefined {
  const manifest = image.values.spin_config?.manifest_path ?? 'spin.toml';
  if (facts.hasSpinToml || manifest !== 'spin.toml') return undefined;
  return {
    code: 'CONFIG_PATH',
    message: `there is no spin.toml in ${image.context}`,
    hint: 'Set spin_config.manifest_path, or choose another build_backend.',
  };
}

function findMissingDockerfile({ image, dockerfile }: ChoiceInput): Missing | undefined {
  if (dockerfile !== undefined) return undefined;
  return {
    code: 'CONFIG_DOCKERFILE',
    message: `there is no ${image.dockerfile}`,
    hint: 'Add it, or set dockerfile_path. A go.mod with a cmd/ directory, or a spin.toml, needs no Dockerfile.',
  };
}

function overrideError(image: ConfiguredImage, backend: BackendId, missing: Missing): HephyError {
  return new HephyError(
    'CONFIG_OVERRIDE',
    `${image.name}: HEPHY_BACKEND says ${backend}, but ${missing.message}`,
    {
      at: { file: image.config },
      hint: `Name the images that it is meant for: HEPHY_BACKEND=other-image=${backend}`,
    },
  );
}

function missingError(image: ConfiguredImage, missing: Missing, at: Position): HephyError {
  return new HephyError(missing.code, `${image.name}: ${missing.message}`, { at, hint: missing.hint });
}
