/**
 * kaniko deviates from the Dockerfile reference by default. These features make it follow the reference as BuildKit does,
 * so that both backends build the same image. In kaniko 1.28 cache, secret and bind mounts and here-documents are on
 * without a flag; only variables in the here-documents of COPY and ADD need one.
 */
export const FEATURES = [
  'FF_KANIKO_CHOWN_ON_IMPLICIT_DIRS',
  'FF_KANIKO_COPY_AS_ROOT',
  'FF_KANIKO_COPY_CHMOD_ON_IMPLICIT_DIRS',
  'FF_KANIKO_EXPAND_HEREDOC',
  'FF_KANIKO_RUN_HONOR_GROUP',
  'FF_KANIKO_UNTAR_SKIP_ROOT',
] as const;
