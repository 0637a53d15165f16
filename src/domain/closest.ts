import { distance } from 'fastest-levenshtein';

/** A closest known word, for "did you mean"; undefined when nothing is near. */
export function closest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  // Of four letters two are half the word: `NOPE` is no mistake for `HOME`.
  const limit = typed.length <= 4 ? 1 : Math.max(2, Math.floor(typed.length / 3));
  const near = known
    .map((candidate) => ({ candidate, far: farness(typed, candidate.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far);
  return near[0]?.candidate;
}

/** The start of a longer word is nearer than its length says, `dockerfile` for `dockerfile_path`; so is a swap, `nmae`. */
function farness(typed: string, candidate: string): number {
  if (typed.length >= 3 && candidate.startsWith(typed)) return 1;
  if (typed.length >= 6 && distance(typed, candidate.slice(0, typed.length + 1)) <= 1) return 2;
  const steps = distance(typed, candidate);
  return steps === 2 && sortLetters(typed) === sortLetters(candidate) ? 1 : steps;
}

function sortLetters(word: string): string {
  return [...word].sort().join('');
}
