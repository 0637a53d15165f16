import type { SecretRef } from '../../domain/image.ts';

/**
 * The user's variables that Spin and the build commands of its components may read: the directories of toolchains and
 * caches, and credentials for registries. SPIN_* is excluded, so that only committed files decide.
 */
const PASSED = [
  ...['CARGO_HOME', 'RUSTUP_HOME', 'RUSTUP_TOOLCHAIN', 'TINYGOROOT', 'WASI_SDK_PATH'],
  ...['GOPATH', 'GOROOT', 'GOCACHE', 'GOMODCACHE', 'GOENV', 'GOFLAGS', 'GOTOOLCHAIN'],
  ...['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'GOAUTH', 'NETRC'],
  ...['npm_config_registry', 'npm_config_cache', 'npm_config_cafile', 'NPM_CONFIG_USERCONFIG'],
  ...['PIP_INDEX_URL', 'PIP_CACHE_DIR', 'PIP_CERT', 'CARGO_HTTP_*', 'CARGO_REGISTRIES_*', 'GIT_SSL_*'],
  ...['DOCKER_CONFIG', 'AWS_*', 'AZURE_*', 'CLOUDSDK_*', 'GOOGLE_APPLICATION_CREDENTIALS'],
] as const;

/** A build secret from a variable reaches the build commands under its own name, and is not on the command line. */
export function passedVariables(secrets: readonly SecretRef[]): readonly string[] {
  return [...PASSED, ...secrets.flatMap(({ env }) => (env === undefined ? [] : [env]))];
}
