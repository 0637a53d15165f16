import { backendOf } from '../backends/index.ts';
import { PLATFORMS, platformArch } from '../domain/platform.ts';
import { quote } from './field-path.ts';
import type { Finding, Subject } from './finding.ts';
import { findOutside } from './image-places.ts';
import type { ImageConfig } from './schema.ts';

type Rule = (subject: Subject) => readonly Finding[];

const RULES: readonly Rule[] = [
  checkSource,
  checkTargets,
  findOutside,
  checkWatch,
  checkSecrets,
  checkManualBuild,
  checkPlatforms,
];

/** Checks the rules across the fields of one image. Reports all broken rules, not only the first. */
export function checkRules(subject: Subject): readonly Finding[] {
  return RULES.flatMap((rule) => rule(subject));
}

function isAbsent({ values, broken }: Subject, field: keyof ImageConfig): boolean {
  return values[field] === undefined && !broken.has(field);
}

function checkSource(subject: Subject): Finding[] {
  const { use_local_context: local, upstream_repo: upstream } = subject.values;
  const findings: Finding[] = [];
  if (local === true && upstream !== undefined) {
    findings.push({
      code: 'CONFIG_CONFLICT',
      field: 'use_local_context',
      text: 'cannot be combined with upstream_repo: an image is built from this repository or from the other one',
      hint: 'Remove one of use_local_context and upstream_repo.',
    });
  }
  if (local === false && isAbsent(subject, 'upstream_repo')) {
    findings.push({
      code: 'CONFIG_CONFLICT',
      field: 'use_local_context',
      text: 'is false, which needs upstream_repo',
      hint: 'Set upstream_repo, or remove use_local_context.',
    });
  }
  if (isAbsent(subject, 'upstream_repo')) findings.push(...findWithoutUpstream(subject));
  return findings;
}

const OF_UPSTREAM = {
  upstream_ref: 'needs upstream_repo, which is not set',
  upstream_submodules: 'needs upstream_repo, which is not set',
  upstream_lfs: 'needs upstream_repo, which is not set',
} as const;

function findWithoutUpstream({ values }: Subject): Finding[] {
  const fields = ['upstream_ref', 'upstream_submodules', 'upstream_lfs'] as const;
  return fields
    .filter((field) => values[field] !== undefined)
    .map((field) => ({
      code: 'CONFIG_CONFLICT',
      field,
      text: OF_UPSTREAM[field],
      hint: `Set upstream_repo, or remove ${field}.`,
    }));
}

function checkTargets({ values }: Subject): Finding[] {
  if (values.target === undefined || values.targets === undefined) return [];
  const hint = `For one stage, use target. For several images, one for each stage, use targets: [${[values.target, ...values.targets].join(', ')}].`;
  return [{ code: 'CONFIG_CONFLICT', field: 'target', text: 'cannot be combined with targets', hint }];
}

function checkWatch({ values }: Subject): Finding[] {
  const globs = values.watch ?? [];
  return globs.flatMap((glob, index) => {
    if (!glob.startsWith('/') && !glob.split('/').includes('..')) return [];
    const text = `${quote(glob)} leaves the repository`;
    return [
      {
        code: 'CONFIG_PATH',
        field: `watch[${index}]`,
        text,
        hint: 'Globs are relative to the root of the repository.',
      },
    ];
  });
}

function checkSecrets({ values }: Subject): Finding[] {
  const seen = new Set<string>();
  return (values.secrets ?? []).flatMap(({ id, env, file }, index) => {
    const field = `secrets[${index}]`;
    const findings: Finding[] = [];
    if ((env === undefined) === (file === undefined)) {
      const text = env === undefined ? 'has neither env nor file' : 'has both env and file';
      const hint = 'A secret comes from one variable (env) or from one file (file).';
      findings.push({ code: 'CONFIG_CONFLICT', field, text, hint });
    }
    if (seen.has(id)) {
      const text = `two secrets have the id ${quote(id)}`;
      findings.push({
        code: 'CONFIG_CONFLICT',
        field: `${field}.id`,
        text,
        hint: 'Give each secret a different id.',
      });
    }
    seen.add(id);
    return findings;
  });
}

function checkManualBuild(subject: Subject): Finding[] {
  const { manual_build: manual, manual_images: images, platforms } = subject.values;
  if (!manual || subject.broken.has('manual_images')) return [];
  if (images === undefined || Object.keys(images).length === 0) {
    const hint = 'Set manual_images: one image reference for each architecture.';
    return [
      { code: 'CONFIG_CONFLICT', field: 'manual_build', text: 'needs manual_images, which is not set', hint },
    ];
  }
  const missing = (platforms ?? []).filter((platform) => images[platform] === undefined);
  return missing.map((platform) => ({
    code: 'CONFIG_CONFLICT',
    field: 'manual_images',
    text: `the image for ${platform} is missing, and platforms lists ${platform}`,
    hint: `Add ${platformArch(platform)}: REFERENCE, or remove ${platform} from platforms.`,
  }));
}

/** Only if the config sets the backend; a detected backend is checked after detection. */
function checkPlatforms({ values }: Subject): Finding[] {
  const { build_backend: backend, manual_build: manual } = values;
  if (backend === undefined || manual) return [];
  const able = backendOf(backend).platforms;
  const field = values.platforms ? 'platforms' : 'ko_config.platforms';
  return (values.platforms ?? values.ko_config?.platforms ?? []).flatMap((platform, index) => {
    if (able.includes(platform)) return [];
    const text = `${backend} cannot build for ${platform}`;
    const hint = `${backend} builds for ${able.join(', ')}.`;
    return [{ code: 'CONFIG_PLATFORM', field: `${field}[${index}]`, text, hint }];
  });
}

/** Settings that have no effect, which the author probably does not expect. */
export function findIneffectiveFields({
  values,
  broken,
}: Subject): readonly Pick<Finding, 'field' | 'text'>[] {
  const findings: Pick<Finding, 'field' | 'text'>[] = [];
  if (values.manual_images && !values.manual_build && !broken.has('manual_build')) {
    findings.push({ field: 'manual_images', text: 'ignored without manual_build: true' });
  }
  if (values.manual_build && values.platforms) {
    const unused = PLATFORMS.filter(
      (name) => values.manual_images?.[name] && !values.platforms?.includes(name),
    );
    findings.push(
      ...unused.map((name) => ({
        field: 'manual_images',
        text: `${name} is ignored, because it is not in platforms`,
      })),
    );
  }
  return findings;
}
