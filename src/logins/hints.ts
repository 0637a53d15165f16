import { githubRegistry } from '../domain/github-registry.ts';
import type { LoginSettings } from '../domain/login.ts';
import { canonicalHost } from '../registry/reference.ts';
import { findAzureCloud, isGoogleHost } from './clouds.ts';
import { parseEcrHost } from './ecr.ts';

export interface HintFacts {
  readonly platform: 'github' | 'gitlab' | 'local';
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: LoginSettings;
}

const MORE = 'docs/registries.md lists the settings for each registry.';

/** What to do if this registry requires a login or refuses it; undefined for a run at a terminal. */
export function hintAtLogin(host: string, facts: HintFacts): string | undefined {
  const { platform, env } = facts;
  if (platform === 'local') return undefined;
  if (platform === 'github' && canonicalHost(host) === githubRegistry(env['GITHUB_SERVER_URL']))
    return GITHUB_HINT;
  if (platform === 'gitlab' && env['CI_REGISTRY'] && canonicalHost(env['CI_REGISTRY']) === host) {
    return GITLAB_HINT;
  }
  return cloudHint(host, facts) ?? passwordHint(facts);
}

const GITHUB_HINT =
  "Give the job `permissions: packages: write`. If the package exists already, give this repository access to it: package settings, Manage Actions access. The job's token expires with the job.";

const GITLAB_HINT =
  "The job's token can push only to the registry of its own project, and expires with the job: use a path below $CI_REGISTRY_IMAGE, or set HEPHY_REGISTRY_USERNAME and HEPHY_REGISTRY_PASSWORD (a deploy token).";

function cloudHint(host: string, { settings }: HintFacts): string | undefined {
  if (parseEcrHost(host)) {
    return settings.awsRole === undefined
      ? `Set aws_role to a role that may push, or give the runner such a role. ${MORE}`
      : 'Allow the role to push: ecr:BatchCheckLayerAvailability, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload, ecr:PutImage, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on this repository.';
  }
  if (isGoogleHost(host)) {
    return settings.googleProvider === undefined
      ? `Set google_provider. ${MORE}`
      : 'Give the identity roles/artifactregistry.writer on this repository.';
  }
  if (findAzureCloud(host)) {
    return settings.azureClient === undefined
      ? `Set azure_client and azure_tenant. ${MORE}`
      : 'Give the identity the role AcrPush on this registry.';
  }
  return undefined;
}

function passwordHint({ platform, settings }: HintFacts): string {
  if (settings.username !== undefined) {
    return 'Check registry_username and its password: the password may have expired, or the account may not be allowed to push.';
  }
  const where =
    platform === 'github'
      ? 'the inputs registry-username and registry-password'
      : 'HEPHY_REGISTRY_USERNAME and HEPHY_REGISTRY_PASSWORD (masked)';
  return `Set ${where}. ${MORE}`;
}
