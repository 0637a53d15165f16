/** Who may import whom: docs/architecture.md draws it, this file enforces it. */
const ROOMS = {
  errors: [],
  domain: [],
  system: ['errors'],
  registry: ['system', 'errors'],
  logins: ['registry', 'domain', 'system', 'errors'],
  go: ['domain', 'system', 'errors'],
  changes: ['domain', 'system', 'errors'],
  logs: ['domain', 'system', 'errors'],
  ci: ['domain', 'system', 'errors'],
  report: ['plugin-maps', 'domain', 'system', 'errors'],
  dockerfile: ['domain', 'errors'],
  select: ['plugin-maps', 'dockerfile', 'domain', 'errors', 'config-types'],
  plan: ['plugin-maps', 'domain', 'errors', 'config-types'],
  pipeline: ['plugin-maps', 'domain', 'errors'],
  config: ['domain', 'errors', 'plugin-maps'],
  sources: ['changes', 'domain', 'system', 'errors'],
  session: ['logins', 'registry', 'changes', 'ci', 'config', 'plan', 'report', 'domain', 'system', 'errors'],
  prepare: [
    'go',
    'dockerfile',
    'session',
    'sources',
    'changes',
    'ci',
    'config',
    'select',
    'plan',
    'pipeline',
    'logins',
    'registry',
    'backends',
    'domain',
    'system',
    'errors',
  ],
  fingerprint: [
    'go',
    'pipeline',
    'session',
    'sources',
    'changes',
    'config',
    'plan',
    'report',
    'registry',
    'backends',
    'domain',
    'system',
    'errors',
  ],
  build: [
    'dockerfile',
    'pipeline',
    'session',
    'sources',
    'config',
    'plan',
    'registry',
    'report',
    'backends',
    'domain',
    'system',
    'errors',
  ],
  publish: [
    'build',
    'session',
    'changes',
    'plugin-maps',
    'plan',
    'registry',
    'backends',
    'domain',
    'system',
    'errors',
  ],
  summary: ['version', 'ci', 'session', 'report', 'domain', 'system', 'errors'],
};

const PATHS = {
  errors: '^src/errors\\.ts$',
  version: '^src/version\\.ts$',
  'config-types': '^src/config/(schema|settings)\\.ts$',
  'plugin-maps': '^src/(backends|deployers)/(index|choice|identity|backend)\\.ts$',
};

const pathOf = (room) => PATHS[room] ?? `^src/${room}/`;
const test = '\\.test\\.ts$';

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `room-${room}`,
  severity: 'error',
  comment: `${room} may import: ${allowed.join(', ') || 'nothing'}`,
  from: { path: pathOf(room), pathNot: test },
  to: { path: '^src/', pathNot: [pathOf(room), ...allowed.map(pathOf)] },
}));

/** Packages of GitHub's toolkit, and the only files that may use them: docs/adrs/0015, 0017 and 0018. */
const TOOLKIT = {
  core: '^src/(ci/github/|logins/id-token\\.ts$)',
  exec: '^src/system/process/run-toolkit\\.ts$',
  'tool-cache': '^src/system/tools/runner-cache\\.ts$',
};

const toolkitRules = Object.entries(TOOLKIT).flatMap(([name, allowed]) => [
  {
    name: `toolkit-${name}`,
    severity: 'error',
    comment: `@actions/${name} is for ${allowed} alone`,
    from: { path: '^src/', pathNot: [allowed, test] },
    to: { path: `node_modules/@actions/${name}/` },
  },
  {
    name: `toolkit-${name}-late`,
    severity: 'error',
    comment: `@actions/${name} is loaded when it is used: by import()`,
    from: { path: '^src/' },
    to: { path: `node_modules/@actions/${name}/`, dependencyTypesNot: ['dynamic-import', 'type-only'] },
  },
]);

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'no-folder-cycles',
      severity: 'error',
      comment: 'folders, inside rooms as well, import each other in one direction',
      scope: 'folder',
      from: { path: '^src/.' },
      to: { circular: true, viaOnly: '^src/.' },
    },
    ...roomRules,
    {
      name: 'types-only',
      severity: 'error',
      comment: 'select and plan are pure: they take the types of config, never its code',
      from: { path: '^src/(select|plan)/', pathNot: test },
      to: { path: '^src/config/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-rooms',
      severity: 'error',
      comment: 'what decides reads no file, starts no process and opens no socket',
      from: { path: '^src/(domain|dockerfile|select|plan|pipeline|backends)/', pathNot: test },
      to: { path: '^(node:)?(fs|fs/promises|child_process|http|https|net|os)$' },
    },
    {
      name: 'backends-apart',
      severity: 'error',
      comment: 'a backend knows its contract, the domain and the errors',
      from: { path: '^src/backends/([^/]+)/', pathNot: test },
      to: {
        path: '^src/',
        pathNot: [
          '^src/backends/$1/',
          '^src/backends/(backend|choice|identity)\\.ts$',
          '^src/backends/shared/',
          '^src/(domain/|errors\\.ts)',
        ],
      },
    },
    {
      name: 'commands-on-top',
      severity: 'error',
      comment: 'commands join the rooms; only the command line imports them',
      from: { path: '^src/', pathNot: ['^src/(commands|cli)/', '^src/index\\.ts$', test] },
      to: { path: '^src/(commands|cli)/' },
    },
    ...toolkitRules,
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { dependencyTypes: ['npm-dev'] },
    },
    { name: 'resolvable', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^test/', test] },
    // Packages that are modules only name their entry in `exports` alone.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
