import type { ContextFacts } from '../domain/choice.ts';
import type { ErrorCode } from '../errors.ts';

/** An image for which a backend is chosen, with everything that the choice may depend on. */
export interface Subject {
  readonly name: string;
  readonly dir: string;
  /** Relative to the repository root. */
  readonly context: string;
  readonly dockerfile: string;
  /** The paths where a Dockerfile is expected. */
  readonly dockerfiles: readonly string[];
  readonly hasDockerfile: boolean;
  /** Null if nothing can be read yet, as in an upstream repository. */
  readonly facts: ContextFacts | null;
}

/** The error of a backend that cannot build an image. */
export interface Shortcoming {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** Why a file of the context always becomes part of the image, and what keeps it out. */
export interface IncludedFile {
  readonly reason: string;
  readonly hint: string;
}

/** How a backend takes part in the choice. Every function is pure. */
export interface Fit<Options> {
  /** Chooses the backend for an image whose config names neither a backend nor a Dockerfile; the text is the reason. */
  detect?(facts: ContextFacts): string | undefined;
  /** The error if the context lacks a file that the backend needs. Only called if the context can be read. */
  missing(subject: Subject, options: Options): Shortcoming | undefined;
  /** Sets options that the config does not set and that the context determines, such as the Go program. */
  complete?(options: Options, subject: Subject): Options | Shortcoming;
  /** References to images in the options, by field; dependencies are found in them. */
  baseImages?(options: Options): Readonly<Record<string, string>>;
  /** For a file that every build includes, although no Dockerfile copies it. */
  includes?(path: string): IncludedFile | undefined;
}
