import type { ContextFacts } from '../domain/choice.ts';
import type { ErrorCode } from '../errors.ts';

/** An image for which a backend is chosen: everything that a backend may decide by. */
export interface Subject {
  readonly name: string;
  readonly dir: string;
  /** From the root of the repository. */
  readonly context: string;
  readonly dockerfile: string;
  /** Where it is looked for. */
  readonly dockerfiles: readonly string[];
  readonly hasDockerfile: boolean;
  /** Null where nothing can be read yet: an upstream repository. */
  readonly facts: ContextFacts | null;
}

/** Why a backend cannot build an image, as an error says it. */
export interface Shortcoming {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** How a backend takes part in the choice. Every function is pure. */
export interface Fit<Options> {
  /** Chooses the backend for an image whose config names neither a backend nor a Dockerfile; the text is the reason. */
  detect?(facts: ContextFacts): string | undefined;
  /** What the context lacks. Only asked where the context can be read. */
  missing(subject: Subject, options: Options): Shortcoming | undefined;
  /** Fills in what the context answers and the config leaves open. */
  complete?(options: Options, subject: Subject): Options | Shortcoming;
  /** References to images in the options, by field; dependencies are found in them. */
  baseImages?(options: Options): Readonly<Record<string, string>>;
}
