import type { RunEvent } from '../domain/event.ts';
import type { Problem } from '../domain/result.ts';

/** What a run came to, for people. Each platform takes the form that it shows, and the other one is never made. */
export interface Summary {
  markdown(): string;
  html(): string;
}

/** What a run published, for the jobs that come after it. */
export interface PublishedImage {
  readonly name: string;
  /** What stands for it in the name of a variable: `MY_API`. No other image has it. */
  readonly variable: string;
  readonly tags: readonly string[];
  readonly digest: string;
  /** `host/repository@digest`; null where the host is one that is not told. */
  readonly reference: string | null;
}

/** What hephy-builder needs of the platform it runs on, and nothing else. */
export interface Ci {
  readonly id: 'github' | 'gitlab' | 'local';
  /** Logs that are written below `.hephy` can be read after the job. */
  readonly keepsFiles: boolean;
  /** What started this run. Flags of the command line are laid over it by the command. */
  event(): RunEvent;
  /** An action or component input, by its kebab-case name; empty counts as absent. */
  input(name: string): string | undefined;
  /** `ghcr.io/owner/repo`, `$CI_REGISTRY_IMAGE`; undefined on the command line. */
  defaultRegistry(): string | undefined;
  setOutput(name: string, value: string): void;
  /** What is printed until the answer is called is folded away below the title. `since`: when it began. */
  group(title: string, since?: number): () => void;
  /** Shows a problem on its file and line, where the platform can. It must be redacted: it may go into a file. */
  annotate(problem: Problem): void;
  handOver(images: readonly PublishedImage[]): void;
  /** Makes the platform hide a secret in the output of later steps too, where it can. */
  mask(secret: string): void;
  summary(summary: Summary): Promise<void>;
}
