import type { RunEvent } from '../domain/event.ts';
import type { Problem } from '../domain/result.ts';

/** The result of a run, for people. Each platform calls only the function whose format it shows. */
export interface Summary {
  markdown(): string;
  html(): string;
}

/** An image that the run published, for later jobs. */
export interface PublishedImage {
  readonly name: string;
  /** The unique form of the name in variables: `MY_API` in `HEPHY_TAG_MY_API`. */
  readonly variable: string;
  readonly tags: readonly string[];
  readonly digest: string;
  /** `host/repository@digest`; null if the host must not be shown. */
  readonly reference: string | null;
}

/** Everything that hephy-builder needs from its CI platform. */
export interface Ci {
  readonly id: 'github' | 'gitlab' | 'local';
  /** Logs below `.hephy` can be read after the job. */
  readonly keepsFiles: boolean;
  /** The event that started this run. Flags of the command line override its fields later. */
  event(): RunEvent;
  /** An action or component input, by its kebab-case name; empty counts as absent. */
  input(name: string): string | undefined;
  /** `ghcr.io/owner/repo`, `$CI_REGISTRY_IMAGE`; undefined on the command line. */
  defaultRegistry(): string | undefined;
  setOutput(name: string, value: string): void;
  /** Starts a collapsible group in the log; the returned function ends it. `since`: the start time that is shown. */
  group(title: string, since?: number): () => void;
  /** Shows a problem at its file and line, if the platform can. It must be redacted, as it may be written to a file. */
  annotate(problem: Problem): void;
  handOver(images: readonly PublishedImage[]): void;
  /** Makes the platform hide a secret, in the output of later steps too, if the platform can. */
  mask(secret: string): void;
  summary(summary: Summary): Promise<void>;
}
