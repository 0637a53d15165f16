/** Every flag of kaniko 1.28.3's executor, as `executor --help` lists them. */
export const KANIKO_FLAGS: readonly string[] = `
  annotation build-arg cache cache-copy-layers cache-dir cache-repo cache-run-layers cache-ttl cleanup
  compressed-caching compression compression-level context context-sub-path credential-helpers
  custom-platform destination digest-file dockerfile dryrun force force-build-metadata git ignore-path
  ignore-var-run image-download-retry image-format image-fs-extract-retry image-name-tag-with-digest-file
  image-name-with-digest-file insecure insecure-pull insecure-registry kaniko-dir label log-format
  log-timestamp materialize no-push no-push-cache oci-layout-path pre-cleanup preserve-context
  push-ignore-immutable-tag-errors push-retry registry-certificate registry-client-cert registry-map
  registry-mirror reproducible secret single-snapshot skip-default-registry-fallback
  skip-push-permission-check skip-tls-verify skip-tls-verify-pull skip-tls-verify-registry
  skip-unused-stages snapshot-mode tar-path target use-new-run verbosity
`
  .trim()
  .split(/\s+/);
