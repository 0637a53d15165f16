/** Of the server at this address; an Enterprise server has its own: https://docs.github.com/enterprise-server/packages */
export function githubRegistry(server: string | null | undefined): string | undefined {
  const address = server || 'https://github.com';
  if (!URL.canParse(address)) return undefined;
  const { host } = new URL(address);
  return host === 'github.com' ? 'ghcr.io' : `containers.${host}`;
}
