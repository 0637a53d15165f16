import { z } from 'zod';
import { optional, optionalText } from '../domain/fields.ts';

/** How a run logs in to its registry. None of it is secret, so that all of it may stand in the repository. */
export const LOGIN_FIELDS = {
  registry_username: optionalText().meta({
    description:
      'Who logs in to the registry. The password is never written down here: it is the input `registry-password`, or the variable `HEPHY_REGISTRY_PASSWORD`.',
    kind: 'text',
    absent: 'none: the login of the platform, of a cloud, or of Docker',
    example: 'ci-pusher',
  }),
  aws_role: optional(
    z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/, { error: 'the ARN of a role' }),
  ).meta({
    description: 'A role that the job takes on to log in to ECR, by its OpenID token.',
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
    description: 'The workload identity provider by which the job logs in to Artifact Registry.',
    kind: '`projects/N/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`',
    absent: 'none',
    example: 'projects/123456789/locations/global/workloadIdentityPools/ci/providers/github',
  }),
  google_service_account: optional(
    z.string().regex(/^[^\s@/]+@[^\s@/]+$/, { error: 'the address of a service account' }),
  ).meta({
    description: 'The service account that the job then acts as.',
    kind: 'address',
    absent: 'none: the job’s own identity has the rights',
    example: 'hephy@acme.iam.gserviceaccount.com',
  }),
  azure_client: optional(z.string().regex(/^[\w-]+$/, { error: 'the id of an application' })).meta({
    description: 'The application or managed identity by which the job logs in to Azure’s registry.',
    kind: 'id',
    absent: 'none',
    example: '11111111-2222-3333-4444-555555555555',
  }),
  azure_tenant: optional(z.string().regex(/^[\w.-]+$/, { error: 'the id of a directory' })).meta({
    description: 'The directory (tenant) that it belongs to.',
    kind: 'id',
    absent: 'none',
    example: '66666666-7777-8888-9999-000000000000',
  }),
  id_token_audience: optionalText().meta({
    description: 'Whom the job’s OpenID token is for.',
    kind: 'text',
    absent: 'what the cloud expects: `sts.amazonaws.com`, the provider, `api://AzureADTokenExchange`',
    example: 'https://gitlab.example.com',
  }),
};
