import picomatch from 'picomatch';

export interface FoundConfig {
  readonly file: string;
  /** The image's directory: `.` for the root. */
  readonly dir: string;
}

export interface Skipped {
  readonly dir: string;
  readonly name?: string;
  readonly reason: string;
}

const CONFIG = /(?:^|\/)build-config\.ya?ml$/;
const HEPHY_DIR = /(?:^|\/)\.hephy$/;

/** All image configs of the repository in path order, and those that are ignored, with the reason. */
export function findConfigs(
  paths: readonly string[],
  ignore: readonly string[],
): { found: readonly FoundConfig[]; skipped: readonly Skipped[] } {
  const isIgnored = createIgnore(ignore);
  const found: FoundConfig[] = [];
  const skipped: Skipped[] = [];
  for (const file of paths) {
    if (!file.endsWith('ml') || !CONFIG.test(file)) continue;
    const holder = directoryOf(file);
    if (isIgnored(file)) skipped.push({ dir: holder, reason: 'ignored' });
    else if (holder !== '.hephy' && HEPHY_DIR.test(holder)) {
      skipped.push({ dir: holder, reason: 'a .hephy directory is only read at the root of the repository' });
    } else found.push({ file, dir: holder === '.hephy' ? '.' : holder });
  }
  return { found, skipped };
}

function directoryOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '.' : file.slice(0, slash);
}

/** As in .gitignore: a pattern also matches everything below a directory, the last match counts, `!` negates. */
function createIgnore(patterns: readonly string[]): (file: string) => boolean {
  const rules = patterns.map((pattern) => {
    const isNegated = pattern.startsWith('!');
    const glob = pattern.replace(/^!?(?:\.?\/)*/, '').replace(/\/+$/, '');
    return { isNegated, matches: picomatch([glob, `${glob}/**`], { dot: true }) };
  });
  return (file) => rules.findLast(({ matches }) => matches(file))?.isNegated === false;
}
