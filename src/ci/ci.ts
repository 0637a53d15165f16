import type { RunEvent } from '../domain/event.ts';
import type { HephyError } from '../errors.ts';

/** What hephy-builder needs of the platform it runs on, and nothing else. */
export interface Ci {
  readonly id: 'github' | 'gitlab' | 'local';
  /** What started this run. Flags of the command line are laid over it by the command. */
  event(): RunEvent;
  /** An action or component input, by its kebab-case name; empty counts as absent. */
  input(name: string): string | undefined;
  /** `ghcr.io/owner/repo`, `$CI_REGISTRY_IMAGE`; undefined on the command line. */
  defaultRegistry(): string | undefined;
  setOutput(name: string, value: string): void;
  group<T>(title: string, run: () => Promise<T>): Promise<T>;
  /** Shows a problem on its file and line, where the platform can. */
  annotate(problem: HephyError): void;
  summary(markdown: string): Promise<void>;
}
