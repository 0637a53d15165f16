/** How a run proves who it is to its registry, where the platform does not simply give it a login. No secret is here. */
export interface LoginSettings {
  /** Its password comes as an input or a variable of its own. */
  readonly username: string | undefined;
  /** ARN of a role that the job's OpenID token may assume. */
  readonly awsRole: string | undefined;
  /** `projects/N/locations/global/workloadIdentityPools/POOL/providers/PROVIDER` */
  readonly googleProvider: string | undefined;
  readonly googleServiceAccount: string | undefined;
  readonly azureClient: string | undefined;
  readonly azureTenant: string | undefined;
  /** Whom the job's OpenID token is for, where it is not what the cloud expects by default. */
  readonly audience: string | undefined;
}

export const NO_LOGIN_SETTINGS: LoginSettings = {
  username: undefined,
  awsRole: undefined,
  googleProvider: undefined,
  googleServiceAccount: undefined,
  azureClient: undefined,
  azureTenant: undefined,
  audience: undefined,
};
