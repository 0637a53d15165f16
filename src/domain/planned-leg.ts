import type { PlanImage, PlanLeg, PlanOutput } from './plan.ts';

/** A leg of the plan with the image and the output that it belongs to. */
export interface PlannedLeg {
  readonly image: PlanImage;
  readonly output: PlanOutput;
  readonly leg: PlanLeg;
}

/** Every leg of these images, in the order of the plan. */
export function listPlannedLegs(images: readonly PlanImage[]): readonly PlannedLeg[] {
  return images.flatMap((image) => {
    const outputs = new Map(
      image.outputs.flatMap((output) => output.legs.map((id) => [id, output] as const)),
    );
    return image.legs.flatMap((leg) => {
      const output = outputs.get(leg.id);
      return output === undefined ? [] : [{ image, output, leg }];
    });
  });
}

/** The legs that are joined under the tags of an output. */
export function legsOfOutput(image: PlanImage, output: PlanOutput): readonly PlanLeg[] {
  return image.legs.filter(({ id }) => output.legs.includes(id));
}
