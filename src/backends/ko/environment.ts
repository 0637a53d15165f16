import type { KoEntry, KoFile } from './ko-file.ts';
import type { KoOptions } from './options.ts';

/**
 * The user's variables that ko and Go may read. GOOS, GOARCH and GOARM are left out on purpose: ko refuses them together
 * with a platform. Credentials for registries and modules are listed one by one; the tokens of the CI job are excluded.
 */
const PASSED = [
  ...['KO_DATA_DATE_EPOCH', 'KO_GO_PATH'],
  ...['GOPATH', 'GOROOT', 'GOCACHE', 'GOMODCACHE', 'GOTMPDIR', 'GOENV', 'GOFLAGS', 'GOTOOLCHAIN', 'GOWORK'],
  ...['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'GOVCS', 'GOAUTH', 'NETRC'],
  ...[
    'GO111MODULE',
    'GOEXPERIMENT',
    'GODEBUG',
    'GOFIPS140',
    'GOAMD64',
    'GOARM64',
    'GOMAXPROCS',
    'GOMEMLIMIT',
  ],
  ...['GOCACHEPROG', 'CGO_*', 'CC', 'CXX', 'PKG_CONFIG*'],
  ...[
    'SSH_AUTH_SOCK',
    'GIT_SSH',
    'GIT_SSH_COMMAND',
    'GIT_SSL_*',
    'GIT_CONFIG_*',
    'GIT_ASKPASS',
    'GIT_TERMINAL_PROMPT',
  ],
  ...[
    'DOCKER_CONFIG',
    'REGISTRY_AUTH_FILE',
    'AWS_*',
    'AZURE_*',
    'CLOUDSDK_*',
    'GOOGLE_APPLICATION_CREDENTIALS',
  ],
] as const;

/**
 * The KO_* variables of settings that neither `ko_config` nor the project's `.ko.yaml` sets. ko itself lets a variable
 * override the file; here the committed files decide, so that every machine builds the same image.
 */
export function passedVariables(options: KoOptions, file: KoFile): readonly string[] {
  const committed = {
    KO_DEFAULTBASEIMAGE: options.base_image ?? file.defaultBaseImage ?? '',
    KO_DEFAULTENV: [...options.env, ...file.defaultEnv],
    KO_DEFAULTFLAGS: [...options.flags, ...file.defaultFlags],
    KO_DEFAULTLDFLAGS: [...options.ldflags, ...file.defaultLdflags],
  };
  const open = Object.entries(committed).filter(([, value]) => value.length === 0);
  return [...open.map(([name]) => name), ...PASSED];
}

/** The variables that flags use, such as `{{.Env.VERSION}}`. Only these reach ko. */
export function namedVariables(config: KoFile): readonly string[] {
  const defaults = { flags: config.defaultFlags, ldflags: config.defaultLdflags };
  const names = [defaults, ...(config.builds ?? [])].flatMap(namedInEntry);
  return [...new Set(names)].sort();
}

function namedInEntry(entry: Pick<KoEntry, 'flags' | 'ldflags'>): readonly string[] {
  const pattern = /\.Env\.(\w+)|\bindex\s+\.Env\s+["`](\w+)["`]/g;
  return [...entry.flags, ...entry.ldflags].flatMap((text) =>
    [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? ''),
  );
}
