import type { PlannedLeg } from '../domain/planned-leg.ts';
import { renderHeader, renderPlannedImages } from '../report/results.ts';
import { viewOf } from '../report/style.ts';
import type { Destination } from '../session/destination.ts';
import type { Invoked } from '../session/invoked.ts';
import { VERSION } from '../version.ts';

export interface Announcement {
  readonly legs: readonly PlannedLeg[];
  readonly destination: Pick<Destination, 'registry' | 'startedHere'>;
  readonly jobs: number;
}

/** Before the first leg: the registry, how much there is to do, and each image with its backend and reason. */
export function announceBuild({ output }: Pick<Invoked, 'output'>, announcement: Announcement): void {
  const { legs, destination, jobs } = announcement;
  const view = viewOf(output.stderr);
  const { registry, startedHere } = destination;
  const images = [...new Set(legs.map(({ image }) => image))];
  const sizes = { images: images.length, legs: legs.length, jobs };
  output.info(`${renderHeader({ version: VERSION, registry, startedHere, ...sizes }, view)}\n`);
  output.info(`${renderPlannedImages(images, view)}\n`);
}
