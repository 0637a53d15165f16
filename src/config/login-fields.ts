import { z } from 'zod';
import { optional, optionalText } from '../domain/fields.ts';

/** How a run logs in to its registry. No field is a secret, so all of them may be committed. */
export const LOGIN_FIELDS = {
  registry_username: optionalText().meta({
    description:
      'The user name for the registry. The password is not a setting: use the input `registry-password`, or the variable `HEPHY_REGISTRY_PASSWORD`.',
    kind: 'text',
    absent: 'none: the login of the platform, of a cloud, or of Docker',
    example: 'ci-pusher',
  }),
  aws_role: optional(
    z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, { error: 'the ARN of a role' }),
  ).meta({
    description: 'The role that the job assumes, with its OpenID token, to log in to ECR.',
    kind: 'ARN',
    absent: 'keys in the environment, else `docker-credential-ecr-login`',
    example: 'arn:aws:iam::123456789012:role/hephy',
  }),
  google_provider: optional(
    z
      .string()
      .regex(
        /^(?:(?:https:)?\/\/iam\.googleapis\.com\/)?projects\/\d+\/locations\/[\w-]+\/workloadIdentityPools\/[\w-]+\/providers\/[\w-]+$/,
        { error: 'the full name of a workload identity provider' },
      ),
  ).meta({
    description: 'The workload identity provider that the job uses to log in to Artifact Registry.',
    kind: '`projects/N/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`',
    absent: 'none',
    example: 'projects/123456789/locations/global/workloadIdentityPools/ci/providers/github',
  }),
  google_service_account: optional(
    z.string().regex(/^[^\s@/]+@[^\s@/]+$/, { error: 'the address of a service account' }),
  ).meta({
    description: 'The service account that the job impersonates.',
    kind: 'address',
    absent: 'none: the identity of the job has the permissions',
    example: 'hephy@acme.iam.gserviceaccount.com',
  }),
  azure_client: optional(z.string().regex(/^[\w-]+$/, { error: 'the id of an application' })).meta({
    description:
      'The client id of the application or managed identity that the job uses to log in to Azure Container Registry.',
    kind: 'id',
    absent: 'none',
    example: '11111111-2222-3333-4444-555555555555',
  }),
  azure_tenant: optional(z.string().regex(/^[\w.-]+$/, { error: 'the id of a directory' })).meta({
    description: 'The id of the directory (tenant) of `azure_client`.',
    kind: 'id',
    absent: 'none',
    example: '66666666-7777-8888-9999-000000000000',
  }),
  id_token_audience: optionalText().meta({
    description: 'The audience of the job’s OpenID token.',
    kind: 'text',
    absent:
      'the audience that the cloud expects: `sts.amazonaws.com`, the provider, `api://AzureADTokenExchange`',
    example: 'https://gitlab.example.com',
  }),
};
