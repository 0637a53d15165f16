type Variables = Readonly<Record<string, string | undefined>>;

/** The address of a container's credentials, from its environment; undefined if there is none. */
export function containerAddress(env: Variables): string | undefined {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = env;
  return path ? `http://169.254.170.2${path}` : full || undefined;
}

export function mayAskInstance(env: Variables): boolean {
  return !/^true$/i.test(env['AWS_EC2_METADATA_DISABLED'] ?? '');
}
