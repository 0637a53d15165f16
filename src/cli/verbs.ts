import type { Flag, Verb } from '../session/invoked.ts';

const JSON_FLAG: Flag = { name: 'json', type: 'boolean', meaning: 'print JSON instead of text' };

const CHILD_FLAG: Flag = {
  name: 'child-pipeline',
  type: 'boolean',
  meaning: 'write the child pipeline for GitLab to .hephy/run',
};

const FINGERPRINT_FLAG: Flag = {
  name: 'fingerprint',
  type: 'boolean',
  meaning: 'compare the inputs of each leg with the published image',
};

const EVENT_FLAGS: readonly Flag[] = [
  { name: 'event', type: 'string', value: 'KIND', meaning: 'push, merge_request, tag, schedule or manual' },
  { name: 'base', type: 'string', value: 'REV', meaning: 'find changes since this revision' },
  {
    name: 'head',
    type: 'string',
    value: 'REV',
    meaning: 'use this revision instead of the working tree',
  },
  {
    name: 'images',
    type: 'string',
    value: 'a,b',
    meaning: 'these images, by name or directory, changed or not',
  },
  { name: 'all', type: 'boolean', meaning: 'every image, changed or not' },
  { name: 'date', type: 'string', value: 'YYYYMMDD', meaning: 'the date in tags (default: today, UTC)' },
];

const SETTING_FLAGS: readonly Flag[] = [
  { name: 'backend', type: 'string', value: 'ID', meaning: 'override: ko for all, or api=ko,web=buildkit' },
  {
    name: 'layout',
    type: 'string',
    value: 'L',
    meaning: 'tag: one repository; repository: one for each image',
  },
  {
    name: 'registry',
    type: 'string',
    value: 'HOST/PATH',
    meaning: 'where images are pushed (default of build: a registry on loopback)',
  },
];

const BUILD_FLAGS: readonly Flag[] = [
  {
    name: 'jobs',
    type: 'string',
    value: 'N',
    meaning: 'legs to build at the same time (default: number of cores)',
  },
  {
    name: 'job',
    type: 'string',
    value: 'ID',
    meaning: 'build only this job of the plan; `hephy manifest` publishes later',
  },
  { name: 'platform', type: 'string', value: 'P', meaning: 'only this platform: linux/amd64' },
  { name: 'rebuild', type: 'boolean', meaning: 'build unchanged images too, without layers of earlier runs' },
  { name: 'no-push', type: 'boolean', meaning: 'build, but publish nothing' },
  { name: 'output', type: 'string', value: 'oci:DIR', meaning: 'also write OCI layouts to DIR' },
];

const FORCE_FLAG: Flag = {
  name: 'force',
  type: 'boolean',
  meaning: 'move additional tags even if they name a newer image',
};

const PLAN_FLAGS: readonly Flag[] = [
  {
    name: 'plan',
    type: 'string',
    value: 'FILE',
    meaning: 'use this plan (`-` for standard input) instead of making one',
  },
];

/** Every command, in the order of `hephy --help`. */
export const VERBS: readonly Verb[] = [
  {
    name: 'explain',
    summary: 'show why each image is built, with which backend, base and tags',
    operands: '[IMAGE…]',
    flags: [...EVENT_FLAGS, ...SETTING_FLAGS, FINGERPRINT_FLAG, JSON_FLAG],
    examples: ['hephy explain', 'hephy explain api --base origin/main', 'hephy explain --fingerprint api'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/explain.ts')).explain,
  },
  {
    name: 'validate',
    summary: 'check every config, and report all errors at once',
    operands: '',
    flags: [JSON_FLAG],
    examples: ['hephy validate'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/validate.ts')).validate,
  },
  {
    name: 'plan',
    summary: 'show what a run would build, and how',
    operands: '',
    flags: [...EVENT_FLAGS, ...SETTING_FLAGS, JSON_FLAG],
    examples: ['hephy plan', 'hephy plan --event tag --json', 'hephy plan --base HEAD~3 --head HEAD'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/plan.ts')).plan,
  },
  {
    name: 'prepare',
    summary: 'plan, and check what the registry already has: the first job of a CI run',
    operands: '',
    flags: [...EVENT_FLAGS, ...SETTING_FLAGS, CHILD_FLAG, JSON_FLAG],
    examples: ['hephy prepare --registry ghcr.io/acme/shop --json > plan.json'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/prepare.ts')).prepare,
  },
  {
    name: 'build',
    summary: 'plan, build and publish on this machine',
    operands: '',
    flags: [...EVENT_FLAGS, ...SETTING_FLAGS, ...BUILD_FLAGS, FORCE_FLAG, ...PLAN_FLAGS, JSON_FLAG],
    examples: [
      'hephy build',
      'hephy build --images api --platform linux/arm64',
      'hephy build --output oci:out',
      'hephy build --plan plan.json --job amd64-1',
    ],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/build.ts')).build,
  },
  {
    name: 'manifest',
    summary: 'join the architectures of each image in the registry, and tag it',
    operands: '',
    flags: [...PLAN_FLAGS, FORCE_FLAG, ...SETTING_FLAGS, JSON_FLAG],
    examples: ['hephy manifest --plan plan.json --registry ghcr.io/acme/shop'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/manifest.ts')).manifest,
  },
  {
    name: 'registry',
    summary: 'start or stop the registry on loopback that build uses by default',
    operands: 'start|stop',
    flags: [],
    examples: ['hephy registry start', 'hephy registry stop'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/registry.ts')).registry,
  },
  {
    name: 'doctor',
    summary: 'list the tools of this machine, and how to get the missing ones',
    operands: '',
    flags: [JSON_FLAG],
    examples: ['hephy doctor'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/doctor.ts')).doctor,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of build-config.yaml or project.yaml, for editors',
    operands: '[image|project]',
    flags: [],
    examples: ['hephy schema > build-config.schema.json'],
    load: async () => (await import(/* webpackMode: "eager" */ '../commands/schema.ts')).schema,
  },
];
