import type { Plan } from '../domain/plan.ts';

/** All that a child pipeline is made of. The same input gives the same text. */
export interface PipelineInput {
  readonly plan: Plan;
  /** Whether there is something to join and to tag when all is built. */
  readonly publishes: boolean;
  /** What builds a leg of kaniko, as lines of a shell, by the leg's id. */
  readonly commands: Readonly<Record<string, string>>;
  /** What a job of kaniko does before its first leg: logins, features. */
  readonly kanikoSetup: readonly string[];
  readonly redact: boolean;
  readonly images: JobImages;
  /** The job that made the plan, as it is called in the pipeline above: its artifacts are fetched from there. */
  readonly prepareJob: string;
  /** Before the name of every job. */
  readonly prefix: string;
  /** What `prepare` was told, for the jobs that obey it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Tokens by which jobs prove who they are, by the name of their variable: https://docs.gitlab.com/ci/yaml/#id_tokens */
  readonly idTokens: Readonly<Record<string, { readonly aud: string }>>;
  /** The runner tags of jobs that build nothing. */
  readonly tags: readonly string[];
  /** The user names a BuildKit that is there already. */
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
