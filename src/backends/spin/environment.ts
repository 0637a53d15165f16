import type { SecretRef } from '../../domain/image.ts';

/**
 * What Spin and the build commands of its components may see of the user's environment: where toolchains and their
 * caches are, and credentials for registries. SPIN_* stays out, so that what is committed decides.
 */
const PASSED = [
  ...['CARGO_HOME', 'RUSTUP_HOME', 'RUSTUP_TOOLCHAIN', 'TINYGOROOT', 'WASI_SDK_PATH'],
  ...['GOPATH', 'GOROOT', 'GOCACHE', 'GOMODCACHE', 'GOENV', 'GOFLAGS', 'GOTOOLCHAIN'],
  ...['GOPROXY', 'GONOPROXY', 'GOPRIVATE', 'GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'GOAUTH', 'NETRC'],
  ...['npm_config_registry', 'npm_config_cache', 'npm_config_cafile', 'NPM_CONFIG_USERCONFIG'],
  ...['PIP_INDEX_URL', 'PIP_CACHE_DIR', 'PIP_CERT', 'CARGO_HTTP_*', 'CARGO_REGISTRIES_*', 'GIT_SSL_*'],
  ...['DOCKER_CONFIG', 'AWS_*', 'AZURE_*', 'CLOUDSDK_*', 'GOOGLE_APPLICATION_CREDENTIALS'],
] as const;

/** A build secret that is a variable reaches the build commands under its own name, and stands on no command line. */
export function passedVariables(secrets: readonly SecretRef[]): readonly string[] {
  return [...PASSED, ...secrets.flatMap(({ env }) => (env === undefined ? [] : [env]))];
}
