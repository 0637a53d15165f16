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

/** The rules that one image must keep across its fields: all that are broken, not only the first. */
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
      text: 'an image is built from this repository or from upstream_repo, not from both',
      hint: 'Remove one of use_local_context and upstream_repo.',
    });
  }
  if (local === false && isAbsent(subject, 'upstream_repo')) {
    findings.push({
      code: 'CONFIG_CONFLICT',
      field: 'use_local_context',
      text: 'there is no upstream_repo to build instead',
      hint: 'Set upstream_repo, or remove use_local_context.',
    });
  }
  if (isAbsent(subject, 'upstream_repo')) findings.push(...findWithoutUpstream(subject));
  return findings;
}

const OF_UPSTREAM = {
  upstream_ref: 'there is no upstream_repo that it could name a ref of',
  upstream_submodules: 'there is no upstream_repo whose submodules it could mean',
  upstream_lfs: 'there is no upstream_repo whose files it could mean',
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
  const hint = `One stage: target. Several, each an image of its own: targets: [${[values.target, ...values.targets].join(', ')}].`;
  return [{ code: 'CONFIG_CONFLICT', field: 'target', text: 'stands beside targets', hint }];
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
        hint: 'Globs are taken from the root of the repository.',
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
      const text = `the id ${quote(id)} stands twice`;
      findings.push({
        code: 'CONFIG_CONFLICT',
        field: `${field}.id`,
        text,
        hint: 'Give each secret an id of its own.',
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
    const hint = 'Set manual_images, one reference for each architecture.';
    return [
      { code: 'CONFIG_CONFLICT', field: 'manual_build', text: 'there are no manual_images to join', hint },
    ];
  }
  const missing = (platforms ?? []).filter((platform) => images[platform] === undefined);
  return missing.map((platform) => ({
    code: 'CONFIG_CONFLICT',
    field: 'manual_images',
    text: `nothing stands for ${platform}, which platforms asks for`,
    hint: `Add ${platformArch(platform)}: REFERENCE, or take ${platform} out of platforms.`,
  }));
}

/** Only where the config itself chooses; a backend that is detected is checked when it is. */
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

/** Harmless, but not what its author can have meant. */
export function findOddities({ values, broken }: Subject): readonly Pick<Finding, 'field' | 'text'>[] {
  const odd: Pick<Finding, 'field' | 'text'>[] = [];
  if (values.manual_images && !values.manual_build && !broken.has('manual_build')) {
    odd.push({ field: 'manual_images', text: 'counts only with manual_build: true' });
  }
  if (values.manual_build && values.platforms) {
    const unused = PLATFORMS.filter(
      (name) => values.manual_images?.[name] && !values.platforms?.includes(name),
    );
    odd.push(
      ...unused.map((name) => ({
        field: 'manual_images',
        text: `${name} is not in platforms, so it is left out`,
      })),
    );
  }
  return odd;
}
