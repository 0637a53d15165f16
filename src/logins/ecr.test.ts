import { expect, test } from '@jest/globals';
import { ecrUrl, parseEcrHost, stsUrl } from './ecr.ts';

test.each([
  [
    '123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    'https://sts.eu-west-1.amazonaws.com',
    'https://api.ecr.eu-west-1.amazonaws.com',
  ],
  [
    '123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn',
    'https://sts.cn-north-1.amazonaws.com.cn',
    'https://api.ecr.cn-north-1.amazonaws.com.cn',
  ],
  [
    '123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com',
    'https://sts-fips.us-gov-west-1.amazonaws.com',
    'https://ecr-fips.us-gov-west-1.amazonaws.com',
  ],
  [
    '123456789012.dkr-ecr.us-east-1.on.aws',
    'https://sts.us-east-1.amazonaws.com',
    'https://api.ecr.us-east-1.amazonaws.com',
  ],
  ['public.ecr.aws', 'https://sts.us-east-1.amazonaws.com', 'https://api.ecr-public.us-east-1.amazonaws.com'],
])('%s is logged in to at %s and %s', (host, sts, ecr) => {
  const registry = parseEcrHost(host);
  if (!registry) throw new Error(`${host} was not read`);
  expect([stsUrl(registry, {}), ecrUrl(registry, {})]).toEqual([sts, ecr]);
});

test('endpoints that were named', () => {
  const registry = parseEcrHost('123456789012.dkr.ecr.eu-west-1.amazonaws.com');
  if (!registry) throw new Error('was not read');
  const env = { AWS_ENDPOINT_URL: 'http://localhost:1', AWS_ENDPOINT_URL_ECR: 'http://localhost:2' };
  expect([stsUrl(registry, env), ecrUrl(registry, env)]).toEqual([
    'http://localhost:1',
    'http://localhost:2',
  ]);
});
