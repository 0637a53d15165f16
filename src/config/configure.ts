import { traitsOf } from '../backends/index.ts';
import { PLATFORMS } from '../domain/platform.ts';
import { HephyError, formatPosition } from '../errors.ts';
import type { Position } from '../errors.ts';
import type { CheckedFile } from './check-file.ts';
import { applyDefaults, keepWritten } from './defaults.ts';
import { describeTwoDockerfiles, findDockerfiles, placeDockerfile } from './dockerfile-places.ts';
import { fieldOfTop } from './field-path.ts';
import type { FoundConfig } from './find.ts';
import type { Finding } from './finding.ts';
import { resolvePlaces } from './image-places.ts';
import { nameImage } from './names.ts';
import { resolveInside } from './paths.ts';
import type { Named } from './repository-rules.ts';
import { checkRules, findOddities } from './rules.ts';
import type { ImageConfig } from './schema.ts';
import type { ConfiguredImage, ImageDefaults, Settings } from './settings.ts';

export interface RunContext {
  readonly repositoryName: string;
  readonly platformId: 'github' | 'gitlab' | 'local';
  readonly settings: Pick<Settings, 'layout' | 'defaults' | 'ignore'>;
}

/** An image as far as its own config tells; the rules of the repository come after. */
export interface Candidate extends Named {
  readonly dir: string;
  /** What its own file says, without the project's defaults. */
  readonly own: ImageConfig;
  readonly locate: ConfiguredImage['positionOf'];
  readonly problems: readonly HephyError[];
  readonly warnings: readonly string[];
}

/** Undefined where the file could not be read at all; its problems are told by the caller. */
export function configureImage(
  { file, dir }: FoundConfig,
  checked: CheckedFile<ImageConfig>,
  { repositoryName, platformId, settings }: RunContext,
): Candidate | undefined {
  const { data, broken, locate } = checked;
  if (data === undefined) return undefined;
  const { values: written, warnings } = passOverWorkingDir(withDefaults(checked, data, settings.defaults));
  const named = nameImage({ name: written.name, dir, repositoryName, layout: settings.layout });
  const values = data.depends_on ? written : withoutItself(written, named.name);
  const elsewhere = platformId !== 'local' && (values.ci_platform ?? platformId) !== platformId;
  const isNamed = !broken.has('name');
  const candidate = { file, dir, own: data, values, elsewhere, name: named.name, isNamed, locate };
  if (elsewhere) return { ...candidate, problems: [], warnings: [] };
  const subject = { dir, values, broken };
  const findings = [...(broken.has('name') ? [] : named.findings), ...checkRules(subject)];
  return {
    ...candidate,
    problems: findings.map((finding) => findingProblem(candidate, finding)),
    warnings: [...warnings, ...findOddities(subject)].map(
      ({ field, text }) => `${formatPosition(positionIn(candidate, field))}: ${field}: ${text}`,
    ),
  };
}

function withDefaults(
  { raw }: CheckedFile<ImageConfig>,
  own: ImageConfig,
  defaults: ImageDefaults,
): ImageConfig {
  return Object.keys(defaults).length > 0 ? applyDefaults(keepWritten(own, raw), defaults) : own;
}

/** `defaults: {depends_on: [base]}` is meant for all images but base itself. */
function withoutItself(values: ImageConfig, name: string): ImageConfig {
  if (!values.depends_on?.includes(name)) return values;
  return { ...values, depends_on: values.depends_on.filter((other) => other !== name) };
}

/** v1 files name a directory of the container here, which ko cannot set. */
function passOverWorkingDir(values: ImageConfig): {
  values: ImageConfig;
  warnings: readonly Pick<Finding, 'field' | 'text'>[];
} {
  const { ko_config: ko } = values;
  if (!ko?.working_dir?.startsWith('/')) return { values, warnings: [] };
  const text = 'ko cannot set the working directory of a container, so this field is ignored';
  return {
    values: { ...values, ko_config: { ...ko, working_dir: undefined } },
    warnings: [{ field: 'ko_config.working_dir', text }],
  };
}

type Placed = Pick<Candidate, 'file' | 'locate' | 'values'>;

/** A value that the image's own file does not have came from the project's defaults, and is to be mended there. */
export function findingProblem(image: Placed, { code, field, text, hint }: Finding): HephyError {
  const at = positionIn(image, field);
  const isInherited = at.line === undefined && Reflect.get(image.values, fieldOfTop(field)) !== undefined;
  const message = `${field}: ${text}${isInherited ? ' (from defaults in .hephy/project.yaml)' : ''}`;
  return new HephyError(code, message, { at, ...(hint && { hint }) });
}

function positionIn({ file, locate }: Placed, field: string): Position {
  return { file, ...locate(field) };
}

/** Called for images without problems: everything has its place. `has` tells which files this repository has. */
export function finishImage(image: Candidate, has: (path: string) => boolean): ConfiguredImage | undefined {
  const { file, dir, name, own, values, locate } = image;
  const places = resolvePlaces(dir, values);
  return (
    places && {
      name,
      dir,
      config: file,
      positionOf: (field) => locate(field),
      values: { ...values, ...placeSecrets(dir, values) },
      ...places,
      dockerfile: placeDockerfile(places, values, has),
      namesDockerfile: [values.dockerfile_path, values.target, values.targets].some(
        (value) => value !== undefined,
      ),
      platforms: platformsOf(values),
      platformsOrigin: platformsOrigin(values, own),
    }
  );
}

/** Where `dockerfile_path` means two files, the one that v1 took is built, and the author is warned. */
export function warnOfTwoDockerfiles(image: Candidate, has: (path: string) => boolean): readonly string[] {
  const { values, dir } = image;
  const found = findDockerfiles(resolvePlaces(dir, values), values, has);
  const text = values.manual_build ? undefined : describeTwoDockerfiles(found);
  const backend = values.build_backend;
  const readsNone = backend !== undefined && traitsOf(backend).dockerfile === null;
  if (text === undefined || readsNone) return [];
  const field = values.dockerfile_path === undefined ? 'context_path' : 'dockerfile_path';
  return [`${formatPosition(positionIn(image, field))}: ${field}: ${text}`];
}

function placeSecrets(dir: string, { secrets }: ImageConfig): Pick<ImageConfig, 'secrets'> {
  if (!secrets) return {};
  return {
    secrets: secrets.map((secret) =>
      secret.file === undefined ? secret : { ...secret, file: resolveInside(dir, secret.file) },
    ),
  };
}

/** The images of a manual build tell their platforms themselves. */
function platformsOf(values: ImageConfig): ConfiguredImage['platforms'] {
  if (values.platforms) return values.platforms;
  if (!values.manual_build) return values.ko_config?.platforms;
  return PLATFORMS.filter((platform) => values.manual_images?.[platform] !== undefined);
}

/** The field that `platformsOf` took them from, for `explain`. */
function platformsOrigin(values: ImageConfig, own: ImageConfig): ConfiguredImage['platformsOrigin'] {
  const inherited = 'defaults in .hephy/project.yaml';
  if (values.platforms) return own.platforms ? 'platforms' : inherited;
  if (values.manual_build) return 'manual_images';
  if (values.ko_config?.platforms === undefined) return undefined;
  return own.ko_config?.platforms ? 'ko_config.platforms' : inherited;
}
