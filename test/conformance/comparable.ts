import type { Plan } from '../../src/domain/plan.ts';

/**
 * A plan without what must differ from surface to surface; everything else must be the same. Each exception has its
 * reason here, and there are no others:
 * - `run.ref`: a pull request is `refs/pull/7/merge`, a merge request a branch, a clone what it has checked out.
 * - `run.defaultBranch`: not every platform says it, and a clone may not know.
 * - `run.basis`: nobody tells a command line that a branch is new, or what was there before a push.
 * - `run.date`: a run may begin on either side of midnight.
 * - `why` of an image where nothing can be compared: it repeats the basis.
 * - `jobs[].runner`: GitHub's machines have labels, GitLab's have tags.
 */
export function comparable(plan: Plan): unknown {
  const { run, images, jobs } = plan;
  const { ref, basis, date, defaultBranch, ...same } = run;
  const whole = {
    ...plan,
    run: same,
    images: images.map(({ why, ...image }) => (why === basis ? image : { ...image, why })),
    jobs: jobs.map(({ runner, ...job }) => job),
  };
  return JSON.parse(undate(JSON.stringify(whole), date));
}

/** Tags carry the day. */
export function undate(text: string, date: string): string {
  return text.replaceAll(date, '{date}');
}
