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

/** Every image config of the repository, in the order of their paths, and those that are left out on purpose. */
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

/** As in .gitignore: a pattern takes what is below a directory it names, the last that matches counts, `!` takes back. */
function createIgnore(patterns: readonly string[]): (file: string) => boolean {
  const rules = patterns.map((pattern) => {
    const takesBack = pattern.startsWith('!');
    const glob = pattern.replace(/^!?(?:\.?\/)*/, '').replace(/\/+$/, '');
    return { takesBack, matches: picomatch([glob, `${glob}/**`], { dot: true }) };
  });
  return (file) => rules.findLast(({ matches }) => matches(file))?.takesBack === false;
}
