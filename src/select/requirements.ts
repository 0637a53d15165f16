import type { Shortcoming, Subject } from '../backends/choice.ts';
import { backendOf, sectionOf } from '../backends/index.ts';
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

/** What the picked backend needs and the context does not have. */
export function findImpossible(input: ChoiceInput, picked: Picked): HephyError[] {
  if (input.facts === null) return [];
  const { image } = input;
  const { fit, options } = backendOf(picked.backend);
  const section = options.parse(sectionOf(image.values, picked.backend) ?? {});
  const missing = fit.missing(subjectOf(input), section);
  if (missing === undefined) return [];
  if (picked.by === 'override') return [overrideError(image, picked.backend, missing)];
  const field = picked.by === 'config' ? 'build_backend' : 'dockerfile_path';
  return [missingError(image, missing, fieldPosition(image, field))];
}

export function subjectOf({ image, facts, dockerfile }: ChoiceInput): Subject {
  const { name, dir, context, dockerfile: path, dockerfiles } = image;
  return {
    name,
    dir,
    context,
    dockerfile: path,
    dockerfiles,
    hasDockerfile: dockerfile !== undefined,
    facts,
  };
}

function overrideError(image: ConfiguredImage, backend: BackendId, missing: Shortcoming): HephyError {
  return new HephyError(
    'CONFIG_OVERRIDE',
    `${image.name}: HEPHY_BACKEND sets ${backend}, but ${missing.message}`,
    {
      at: { file: image.config },
      hint: `Set the override for single images only: HEPHY_BACKEND=other-image=${backend}`,
    },
  );
}

function missingError(image: ConfiguredImage, missing: Shortcoming, at: Position): HephyError {
  return new HephyError(missing.code, `${image.name}: ${missing.message}`, { at, hint: missing.hint });
}
