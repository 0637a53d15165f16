/** An ECR registry, as parsed from its host name. */
export interface EcrRegistry {
  readonly region: string;
  /** The domain of the services of its AWS partition: `amazonaws.com`, `amazonaws.com.cn`. */
  readonly suffix: string;
  readonly kind: 'private' | 'public';
  readonly fips: boolean;
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const PRIVATE =
  /^\d{12}\.dkr[.-]ecr(-fips)?\.([a-z0-9-]{1,40})\.(amazonaws\.(?:com(?:\.cn)?|eu)|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;
const PUBLIC_HOST = 'public.ecr.aws';
/** The only region with a login service for public registries. */
const PUBLIC_REGION = 'us-east-1';

/** Registries with dual-stack host names have another domain than the services. */
const SERVICE_SUFFIX: Readonly<Record<string, string>> = {
  'on.aws': 'amazonaws.com',
  'on.amazonwebservices.com.cn': 'amazonaws.com.cn',
};

export function parseEcrHost(host: string): EcrRegistry | undefined {
  if (host === PUBLIC_HOST)
    return { region: PUBLIC_REGION, suffix: 'amazonaws.com', kind: 'public', fips: false };
  const [, fips, region, domain] = PRIVATE.exec(host) ?? [];
  if (region === undefined || domain === undefined) return undefined;
  return {
    region,
    suffix: SERVICE_SUFFIX[domain] ?? domain,
    kind: 'private',
    fips: fips !== undefined,
  };
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * If a variable sets an endpoint, as for tests with a local cloud emulator, any host may be an ECR registry. The region
 * then comes from the environment.
 */
export function findEcr(host: string, env: Variables): EcrRegistry | undefined {
  const known = parseEcrHost(host);
  if (known || endpointFor('ECR', env) === undefined) return known;
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || PUBLIC_REGION;
  return { region, suffix: 'amazonaws.com', kind: 'private', fips: false };
}

/** https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function endpointFor(service: 'STS' | 'ECR' | 'ECR_PUBLIC', env: Variables): string | undefined {
  if (/^true$/i.test(env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] ?? '')) return undefined;
  return env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'] || undefined;
}

export function stsUrl({ region, suffix, fips }: EcrRegistry, env: Variables): string {
  return endpointFor('STS', env) ?? `https://sts${fips ? '-fips' : ''}.${region}.${suffix}`;
}

export function ecrUrl({ region, suffix, kind, fips }: EcrRegistry, env: Variables): string {
  if (kind === 'public')
    return endpointFor('ECR_PUBLIC', env) ?? `https://api.ecr-public.${region}.${suffix}`;
  return endpointFor('ECR', env) ?? `https://${fips ? 'ecr-fips' : 'api.ecr'}.${region}.${suffix}`;
}
