import type { Skipped } from '../config/find.ts';
import { HephyError, HephyErrors } from '../errors.ts';

interface Named {
  readonly name: string;
  readonly dir: string;
}

/** `./services/api/`, as a shell completes it → `services/api`. */
export function asDirectory(text: string): string {
  return text.replace(/^(?:\.\/+)+(?=.)/, '').replace(/(?<=.)\/+$/, '');
}

/**
 * The names of requested images, which may be given by name or by directory. A skipped image is an error that names the
 * reason; an unknown word is returned unchanged.
 */
export function nameImages(
  requested: readonly string[],
  images: readonly Named[],
  skipped: readonly Skipped[],
): readonly string[] {
  const names = new Set(images.map(({ name }) => name));
  const byDir = new Map(images.map(({ name, dir }) => [dir, name]));
  const found = requested.map((word) => {
    const dir = asDirectory(word);
    const name = names.has(word) ? word : byDir.get(dir);
    if (name !== undefined) return name;
    const skip = skipped.find((one) => one.name === word || one.dir === dir);
    return skip === undefined ? word : notBuilt(word, skip);
  });
  const problems = found.filter((one) => one instanceof HephyError);
  if (problems.length > 0) throw new HephyErrors(problems);
  return found.filter((one) => typeof one === 'string');
}

function notBuilt(word: string, { dir, reason }: Skipped): HephyError {
  const hint =
    reason === 'ignored'
      ? `Include it again in .hephy/project.yaml, after the ignored globs: ignore: [..., "!${dir}/**"]`
      : '`hephy explain` lists all images, and why others are skipped.';
  return new HephyError('IMAGE_UNKNOWN', `${JSON.stringify(word)} is not built: ${reason}`, { hint });
}
