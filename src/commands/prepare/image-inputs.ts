import { BACKENDS } from '../../backends/index.ts';
import type { GoInputs, ImageInputs } from '../../domain/change.ts';
import type { Recipe } from '../../domain/image.ts';
import { KoOptions } from '../../backends/ko/options.ts';
import type { ChosenImage } from './choices.ts';
import { join } from './context-facts.ts';

/** The paths of this repository that make an image stale. Of an upstream image that is only its own directory. */
export function listInputs(image: ChosenImage, go: GoInputs | null): ImageInputs {
  const { configured } = image;
  const { name, dir, config, values } = configured;
  const local = values.upstream_repo === undefined;
  return {
    name,
    directories: local ? [...new Set([dir, configured.context])] : [dir],
    files: [config, ...(local ? listFiles(image) : [])],
    watch: values.watch ?? [],
    followsTags: (values.additional_tags ?? []).some((tag) => /\{(version|major|minor)\}/.test(tag)),
    go,
  };
}
