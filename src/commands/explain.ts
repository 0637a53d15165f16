import { closest } from '../domain/closest.ts';
import type { Plan, PlanImage } from '../domain/plan.ts';
import { HephyError, HephyErrors } from '../errors.ts';
import { renderExplain, renderIgnored } from '../report/explain.ts';
import { renderFingerprints } from '../report/fingerprints.ts';
import { showOpenTags } from '../report/open-tags.ts';
import { viewOf } from '../report/style.ts';
import { openRegistryAccess } from '../session/registries.ts';
import { openDestination } from '../session/destination.ts';
import { withLogins } from '../session/logins.ts';
import { asDirectory } from '../prepare/name-images.ts';
import { prepare, type Prepared } from '../prepare/prepare.ts';
import { comparePublished } from '../fingerprint/compare-published.ts';
import { openFingerprintContext } from '../fingerprint/fingerprint-context.ts';
import { type Invoked, isSet } from '../session/invoked.ts';

/** Shows every image with the reason for each decision, whether a run would build the image or not. */
export async function explain(invoked: Invoked): Promise<number> {
  const { output, flags } = invoked;
  const operands = invoked.operands.map(asDirectory);
  const { plan, verdicts, runContext } = await prepare(invoked, { upstreams: 'optional', planAll: true });
  requireKnown(operands, plan);
  if (isSet(flags, 'fingerprint')) {
    return withLogins(invoked, { runContext, required: false }, (loggedIn) =>
      explainFingerprints(loggedIn, { plan, runContext }),
    );
  }
  if (isSet(flags, 'json')) {
    const images = plan.images.filter((image) => isRequested(operands, image));
    const shown = images
      .map(showOpenTags)
      .map((image) => ({ ...image, affected: verdicts.get(image.name)?.affected ?? false }));
    output.data(JSON.stringify({ images: shown, skipped: plan.skipped, warnings: plan.warnings }, null, 2));
  } else {
    const text = renderExplain(plan, { style: viewOf(output.stdout).style, only: operands, verdicts });
    const ignored = operands.length === 0 ? renderIgnored(plan.skipped) : [];
    output.data([text, ...ignored].join('\n\n'));
  }
  return 0;
}

/** Compares with the registry, and builds nothing: this shows why an image was built, or why it was not. */
async function explainFingerprints(
  invoked: Invoked,
  { plan, runContext }: Pick<Prepared, 'plan' | 'runContext'>,
): Promise<number> {
  const { output, flags } = invoked;
  const operands = invoked.operands.map(asDirectory);
  const destination = await openDestination(invoked, runContext, {
    ...plan,
    run: { ...plan.run, push: true },
  });
  try {
    const { registry } = destination;
    const images = plan.images.filter((image) => isRequested(operands, image));
    const access = openRegistryAccess(invoked, runContext.settings);
    const evidence = openFingerprintContext({ invoked, runContext, plan, access, registry });
    const compared = await comparePublished(images, evidence, access.registries);
    const { style } = viewOf(output.stdout);
    const blocks = compared.map(({ legs, reference }) => renderFingerprints(legs, reference, style));
    output.data(isSet(flags, 'json') ? JSON.stringify(compared, null, 2) : blocks.join('\n\n'));
    return 0;
  } finally {
    await destination.release();
  }
}

/** By its name or by its directory; without operands, every image. */
function isRequested(operands: readonly string[], { name, dir }: PlanImage): boolean {
  return operands.length === 0 || operands.includes(name) || operands.includes(dir);
}

function requireKnown(names: readonly string[], plan: Plan): void {
  const known = [...plan.images, ...plan.skipped].flatMap(({ name = [], dir }) => [name, dir].flat());
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new HephyErrors(
    unknown.map((name) => {
      const near = closest(name, known);
      const suggestion = near === undefined ? '' : `, did you mean "${near}"?`;
      return new HephyError('IMAGE_UNKNOWN', `there is no image "${name}"${suggestion}`, {
        hint: '`hephy explain` without a name shows all images.',
      });
    }),
  );
}
