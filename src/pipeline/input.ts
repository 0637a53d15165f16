import type { Plan } from '../domain/plan.ts';

/** The complete input of a child pipeline. The same input gives the same text. */
export interface PipelineInput {
  readonly plan: Plan;
  /** Whether there are images to join and tag after the builds. */
  readonly publishes: boolean;
  /** The shell commands that build a leg with kaniko, by the leg's id. */
  readonly commands: Readonly<Record<string, string>>;
  /** The shell commands of a kaniko job before its first leg: logins, features. */
  readonly kanikoSetup: readonly string[];
  readonly redact: boolean;
  readonly images: JobImages;
  /** The name of the job in the parent pipeline that made the plan; jobs fetch its artifacts. */
  readonly prepareJob: string;
  /** The prefix of every job name. */
  readonly prefix: string;
  /** The settings of `prepare`, which the other jobs need too. */
  readonly variables: Readonly<Record<string, string>>;
  /** Tokens by which jobs prove who they are, by the name of their variable: https://docs.gitlab.com/ci/yaml/#id_tokens */
  readonly idTokens: Readonly<Record<string, { readonly aud: string }>>;
  /** The runner tags of jobs that do not build. */
  readonly tags: readonly string[];
  /** The user has set the address of an existing BuildKit. */
  readonly hasBuildkit: boolean;
}

export interface JobImages {
  /** With Node and git. */
  readonly node: string;
  /** With kaniko and a shell. */
  readonly kaniko: string;
  /** With a shell: for a pipeline that has nothing to build. */
  readonly idle: string;
  /** A rootless buildkitd. */
  readonly buildkit: string;
}

/** A job as GitLab reads it: https://docs.gitlab.com/ci/yaml/ */
export type Job = Readonly<Record<string, unknown>>;
