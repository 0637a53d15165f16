/** Artifact Registry, and its predecessor Container Registry: https://cloud.google.com/artifact-registry/docs/transition/transition-from-gcr */
export function isGoogleHost(host: string): boolean {
  return /^(?:[a-z0-9-]+\.)?gcr\.io$|^[a-z0-9-]+-docker\.pkg\.dev$/.test(host);
}

/** One of Microsoft's clouds. Each has accounts of its own. */
export interface AzureCloud {
  readonly authority: string;
  /** The scope of an access token that registries of this cloud accept. */
  readonly scope: string;
  /** The audience of the job's OpenID token. */
  readonly audience: string;
  /** The name of the cloud in Azure's own libraries. */
  readonly name: string;
}

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const AZURE_CLOUDS: Readonly<Record<string, AzureCloud>> = {
  io: {
    authority: 'https://login.microsoftonline.com',
    scope: 'https://containerregistry.azure.net/.default',
    audience: 'api://AzureADTokenExchange',
    name: 'AzurePublicCloud',
  },
  cn: {
    authority: 'https://login.chinacloudapi.cn',
    scope: 'https://management.chinacloudapi.cn/.default',
    audience: 'api://AzureADTokenExchangeChina',
    name: 'AzureChinaCloud',
  },
  us: {
    authority: 'https://login.microsoftonline.us',
    scope: 'https://management.usgovcloudapi.net/.default',
    audience: 'api://AzureADTokenExchangeUSGov',
    name: 'AzureUSGovernmentCloud',
  },
};

export function findAzureCloud(host: string): AzureCloud | undefined {
  const domain = /^[a-z0-9-]+(?:\.[a-z0-9-]+)?\.azurecr\.(io|cn|us)$/.exec(host)?.[1];
  return domain === undefined ? undefined : AZURE_CLOUDS[domain];
}
