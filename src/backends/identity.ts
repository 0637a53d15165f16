import type { Recipe } from '../domain/image.ts';

/** What identifies a build tool, as far as it decides over the image: each part is looked up once in a run. */
export type IdentityPart =
  /** The version of a program, as `system/tools` knows it. */
  | { readonly version: string }
  /** Version and settings of the Go toolchain. */
  | 'go'
  /** The BuildKit daemon that builds: the one that is named, else the one that is started here. */
  | 'builder'
  /** The mirrors of Docker Hub that the settings name. */
  | 'mirrors';

/** Whether base images are pulled through the mirrors of the settings. `started`: by a builder that is started here. */
export type MirrorUse = 'always' | 'started' | 'never';

/** Which files of a checkout an image is built from, besides those that `inputs` lists. */
export type SourceFiles =
  /** Every file of the context, tracked by git or not. */
  | { readonly kind: 'context' }
  /** The files of the context that git tracks or would track: the build writes others beside them. */
  | { readonly kind: 'tracked' }
  /** The Go modules that these packages reach, with these build tags. */
  | {
      readonly kind: 'go';
      /** Where Go runs, from the root of the repository. */
      readonly directory: string;
      readonly packages: readonly string[];
      readonly tags: readonly string[];
    };

export type SourceRecipe<Options> = Pick<Recipe<Options>, 'source' | 'options'>;
