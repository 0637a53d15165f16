import type { Recipe } from '../domain/image.ts';

/** A part of a build tool that can change the image, such as its version. Each part is read once in a run. */
export type IdentityPart =
  /** The version of a program, as `system/tools` knows it. */
  | { readonly version: string }
  /** Version and settings of the Go toolchain. */
  | 'go'
  /** The BuildKit daemon that builds: that of BUILDKIT_HOST, otherwise the one that hephy starts. */
  | 'builder'
  /** The mirrors of Docker Hub in the settings. */
  | 'mirrors';

/** When base images are pulled through the mirrors of the settings. `started`: only by a builder that hephy starts. */
export type MirrorUse = 'always' | 'started' | 'never';

/** Which files of a checkout an image is built from, besides those that `inputs` lists. */
export type SourceFiles =
  /** Every file of the context, tracked by git or not. */
  | { readonly kind: 'context' }
  /** The files of the context that git does not ignore: the build writes other files next to them. */
  | { readonly kind: 'tracked' }
  /** The Go modules that these packages import, with these build tags. */
  | {
      readonly kind: 'go';
      /** The working directory of Go, relative to the repository root. */
      readonly directory: string;
      readonly packages: readonly string[];
      readonly tags: readonly string[];
    };

export type SourceRecipe<Options> = Pick<Recipe<Options>, 'source' | 'options'>;
