import { listDownloads } from './downloads.ts';
import type { Obstacle } from './obstacle.ts';
import type { Expand, Placed } from './scopes.ts';
import { readMount, type Flag } from './words.ts';

type Found = Omit<Obstacle, 'line'>;
type Describe = (placed: Placed) => readonly Found[];

const BY_KEYWORD: Readonly<Record<string, Describe>> = {
  RUN: ({ instruction, expand }) => [
    ...instruction.flags.flatMap((flag) => describeMount(flag, expand)),
    ...describeFlags('RUN', instruction.flags),
  ],
  COPY: ({ instruction }) => describeFlags('COPY', instruction.flags),
  ADD: (placed) => [...describeFlags('ADD', placed.instruction.flags), ...describeSources(placed)],
  LABEL: describeLabels,
  HEALTHCHECK: ({ instruction }) => describeFlags('HEALTHCHECK', instruction.flags),
};

/** What kaniko would do otherwise than BuildKit in one instruction. */
export function describeInstruction(placed: Placed): readonly Found[] {
  const { keyword, heredocs } = placed.instruction;
  const found = Object.hasOwn(BY_KEYWORD, keyword) ? (BY_KEYWORD[keyword]?.(placed) ?? []) : [];
  // kaniko starts a shell for each, whatever the script's first line says.
  const inline = { text: `${keyword} with a here-document`, loss: undefined };
  return heredocs.length > 0 ? [...found, inline] : found;
}

/** Flags that kaniko ignores, by instruction, and the values with which they ask for nothing. */
const IGNORED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  RUN: { security: ['sandbox'], network: ['default'], device: [] },
  COPY: { exclude: [], parents: ['false'] },
  ADD: { checksum: [''], exclude: [], 'keep-git-dir': [], unpack: [] },
  HEALTHCHECK: { 'start-interval': ['', '0', '0s'] },
};

function describeFlags(keyword: string, flags: readonly Flag[]): readonly Found[] {
  const ignored = IGNORED[keyword] ?? {};
  return flags
    .filter(
      ({ name, value }) =>
        Object.hasOwn(ignored, name) && !ignored[name]?.includes(value?.toLowerCase() ?? 'true'),
    )
    .map(({ name }) => lost(`${keyword} --${name}`));
}

/**
 * kaniko 1.28 has cache, secret and bind mounts without any flag. A cache lasts no longer than its container, a secret is
 * a file that other steps can find, and a bind mount is a copy of the context; all others are ignored.
 */
function describeMount({ name, value }: Flag, expand: Expand): readonly Found[] {
  if (name !== 'mount' || value === undefined) return [];
  const mount = readMount(value);
  if (mount.has('from')) return [lost('RUN --mount=from')];
  const written = mount.get('type') ?? 'bind';
  const type = (expand(written) ?? written).toLowerCase();
  if (type === 'bind') return [];
  const text = /^[a-z]{1,20}$/.test(type) ? `RUN --mount=type=${type}` : 'RUN --mount';
  return [type === 'cache' || type === 'secret' ? { text, loss: undefined } : lost(text)];
}

function lost(text: string): Found {
  return { text, loss: `kaniko ignores ${text}` };
}

function describeSources(placed: Placed): readonly Found[] {
  if (listDownloads(placed).every(({ kind }) => kind !== 'git')) return [];
  return [{ text: 'ADD of a git repository', loss: 'kaniko does not download git repositories' }];
}

/** kaniko expands labels a second time: it looks for variables, quotes and escapes in what the first time has left. */
function describeLabels({ instruction, expandKnown }: Placed): readonly Found[] {
  const changed = instruction.args.some(
    (word) => /["'\\$`]/.test(word) && /["'\\$]/.test(expandKnown(word) ?? ''),
  );
  if (!changed) return [];
  const loss = 'kaniko expands LABEL twice, and loses quotes, backslashes and dollar signs';
  return [{ text: 'LABEL with quotes in its value', loss }];
}
