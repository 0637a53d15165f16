import { runGit, type GitCall } from './git.ts';
import { splitNul } from './status.ts';
import { isVouched } from './vouched.ts';

/** Of these paths, the files that the index has and a sparse checkout leaves out. */
export async function listLeftOut(
  { root, ...rest }: Pick<GitCall, 'env' | 'signal'> & { readonly root: string },
  paths: readonly string[],
): Promise<readonly string[]> {
  const call = { ...rest, cwd: root, trusted: isVouched(root, rest.env) };
  const done = await runGit(['ls-files', '-z', '-t', '--cached', '--', ...paths], call);
  // `S`: https://git-scm.com/docs/git-ls-files#Documentation/git-ls-files.txt--t
  return splitNul(done.stdout.toString('utf8')).flatMap((entry) =>
    entry.startsWith('S ') ? [entry.slice(2)] : [],
  );
}
