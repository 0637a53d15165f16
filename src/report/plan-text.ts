import type { Plan } from '../domain/plan.ts';
import { showControls } from '../system/terminal/text.ts';
import { renderSkipped, renderWarnings } from './explain.ts';
import { count } from './measures.ts';
import { renderPlannedImages } from './results.ts';
import type { View } from './style.ts';
import { renderTable } from './table.ts';

/** `hephy plan` for people: the images that a run would build, on which runners, and the images that it skips. */
export function renderPlan(plan: Plan, view: View): string {
  const legs = plan.images.reduce((sum, image) => sum + image.legs.length, 0);
  const blocks = [renderRun(plan, view)];
  if (plan.images.length === 0) blocks.push('Nothing to build.');
  else blocks.push(renderPlannedImages(plan.images, view));
  if (plan.jobs.length > 0) blocks.push(renderJobs(plan, legs));
  if (plan.skipped.length > 0) blocks.push(renderSkipped(plan.skipped));
  if (plan.warnings.length > 0) blocks.push(renderWarnings(plan.warnings));
  return blocks.join('\n\n');
}

function renderRun({ run }: Plan, { style }: View): string {
  const parts = [
    `${run.event} ${showControls(run.ref)} ${run.sha.slice(0, 7)}`,
    showControls(run.basis),
    run.push ? 'will push' : 'will not push',
  ];
  return parts
    .filter((part) => part !== '')
    .map((part, at) => (at === 0 ? style.bold(part) : part))
    .join(' · ');
}

function renderJobs({ images, jobs }: Plan, legs: number): string {
  const rows = jobs.map((job) => [job.id, job.runner.join(' '), job.legs.join(', ')].map(showControls));
  const sum = `${count(images.length, 'image')}, ${count(legs, 'leg')} in ${count(jobs.length, 'job')}`;
  return [sum, ...renderTable(rows, '  ')].join('\n');
}
