import type { Leg } from '../../domain/image.ts';
import { GHA_VARIABLES, usesGithubCache } from './cache.ts';
import type { BuildkitOptions } from './options.ts';

/** Variables for the address of the builder and the logins of registries; the tokens of the CI job are excluded. */
const PASSED = [
  ...['BUILDKIT_HOST', 'BUILDKITD_FLAGS', 'BUILDCTL_CONNECT_RETRIES_MAX', 'ROOTLESSKIT'],
  ...['DOCKER_CONFIG', 'DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'],
  ...['KUBECONFIG', 'KUBERNETES_SERVICE_*'],
  ...['AWS_*', 'AZURE_*', 'CLOUDSDK_*', 'GOOGLE_APPLICATION_CREDENTIALS'],
] as const;

/** Adds the variables of the config's secrets, and that of the SSH agent if `buildkit_config.ssh` is set. */
export function passedVariables(leg: Leg<BuildkitOptions>): readonly string[] {
  const { secrets, options } = leg.recipe;
  return [
    ...PASSED,
    ...(options.ssh ? ['SSH_AUTH_SOCK'] : []),
    ...(usesGithubCache(leg) ? GHA_VARIABLES : []),
    ...secrets.flatMap(({ id, env, file }) => (file === undefined ? [env ?? id] : [])),
  ];
}
