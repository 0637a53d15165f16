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
import { checkRules, findIneffectiveFields } from './rules.ts';
import type { ImageConfig } from './schema.ts';
import type { ConfiguredImage, ImageDefaults, Settings } from './settings.ts';

export interface RunContext {
  readonly repositoryName: string;
  readonly platformId: 'github' | 'gitlab' | 'local';
  readonly settings: Pick<Settings, 'layout' | 'defaults' | 'ignore'>;
}

/** An image, read from its own config file. The rules across images are checked later. */
export interface Candidate extends Named {
  readonly dir: string;
  /** The values of its own file, without the defaults of the project. */
  readonly own: ImageConfig;
  readonly locate: ConfiguredImage['positionOf'];
  readonly problems: readonly HephyError[];
  readonly warnings: readonly string[];
}

/** Undefined if the file could not be read; the caller reports its problems. */
export function configureImage(
  { file, dir }: FoundConfig,
  checked: CheckedFile<ImageConfig>,
  { repositoryName, platformId, settings }: RunContext,
): Candidate | undefined {
  const { data, broken, locate } = checked;
  if (data === undefined) return undefined;
  const { values: written, warnings } = dropAbsoluteWorkingDir(
    withDefaults(checked, data, settings.defaults),
  );
  const named = nameImage({ name: written.name, dir, repositoryName, layout: settings.layout });
  const values = data.depends_on ? written : withoutSelfDependency(written, named.name);
  const elsewhere = platformId !== 'local' && (values.ci_platform ?? platformId) !== platformId;
  const isNamed = !broken.has('name');
  const candidate = { file, dir, own: data, values, elsewhere, name: named.name, isNamed, locate };
  if (elsewhere) return { ...candidate, problems: [], warnings: [] };
  const subject = { dir, values, broken };
  const findings = [...(broken.has('name') ? [] : named.findings), ...checkRules(subject)];
  return {
    ...candidate,
    problems: findings.map((finding) => findingProblem(candidate, finding)),
    warnings: [...warnings, ...findIneffectiveFields(subject)].map(
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

/** `defaults: {depends_on: [base]}` applies to all images except `base`. */
function withoutSelfDependency(values: ImageConfig, name: string): ImageConfig {
  if (!values.depends_on?.includes(name)) return values;
  return { ...values, depends_on: values.depends_on.filter((other) => other !== name) };
}

/** v1 files set `working_dir` to a directory in the container, which ko cannot do. */
function dropAbsoluteWorkingDir(values: ImageConfig): {
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

/** A value that is not in the image's own file comes from the defaults of the project: the message says so. */
export function findingProblem(image: Placed, { code, field, text, hint }: Finding): HephyError {
  const at = positionIn(image, field);
  const isInherited = at.line === undefined && Reflect.get(image.values, fieldOfTop(field)) !== undefined;
  const message = `${field}: ${text}${isInherited ? ' (from defaults in .hephy/project.yaml)' : ''}`;
  return new HephyError(code, message, { at, ...(hint && { hint }) });
}

function positionIn({ file, locate }: Placed, field: string): Position {
  return { file, ...locate(field) };
}

/** Resolves the paths of an image. `has` returns whether a file exists in this repository. */
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

/** If `dockerfile_path` matches two files, the one that v1 used is built, with a warning. */
export function warnOfTwoDockerfiles(image: Candidate, has: (path: string) => boolean): readonly string[] {
  const { values, dir } = image;
  const found = findDockerfiles(resolvePlaces(dir, values), values, has);
  const text = values.manual_build ? undefined : describeTwoDockerfiles(found);
  const backend = values.build_backend;
  const readsNoDockerfile = backend !== undefined && traitsOf(backend).dockerfile === null;
  if (text === undefined || readsNoDockerfile) return [];
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

/** The platforms of a manual build are the keys of `manual_images`. */
function platformsOf(values: ImageConfig): ConfiguredImage['platforms'] {
  if (values.platforms) return values.platforms;
  if (!values.manual_build) return values.ko_config?.platforms;
  return PLATFORMS.filter((platform) => values.manual_images?.[platform] !== undefined);
}

/** The field that `platformsOf` read the platforms from, for `hephy explain`. */
function platformsOrigin(values: ImageConfig, own: ImageConfig): ConfiguredImage['platformsOrigin'] {
  const inherited = 'defaults in .hephy/project.yaml';
  if (values.platforms) return own.platforms ? 'platforms' : inherited;
  if (values.manual_build) return 'manual_images';
  if (values.ko_config?.platforms === undefined) return undefined;
  return own.ko_config?.platforms ? 'ko_config.platforms' : inherited;
}
