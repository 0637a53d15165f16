import { z } from 'zod';
import { Flag, TextItem, list, optional } from '../../domain/fields.ts';

const Provenance = z.union([Flag, z.enum(['min', 'max'])], { error: 'true, false, min or max' });
const Sbom = z.union([Flag, TextItem], { error: 'true, false or the reference of a generator' });
const Entitlement = z.enum(['network.host', 'security.insecure'], { error: 'entitlement' });

/** `buildkit_config` of a build-config.yaml: options that only BuildKit supports. */
export const BuildkitOptions = z.strictObject({
  provenance: optional(Provenance)
    .transform((value) => (value === true ? 'min' : (value ?? false)))
    .default(false)
    .meta({
      description:
        'Publish SLSA provenance (how the image was built) with the image; `true` is `min`. `max` also shows the values of build arguments.',
      kind: 'boolean, `min`, `max`',
      absent: '`false`',
      example: 'min',
    }),
  sbom: optional(Sbom)
    .transform((value) => value ?? false)
    .default(false)
    .meta({
      description:
        'Publish a software bill of materials with the image; an image reference replaces BuildKit’s own generator.',
      kind: 'boolean, or an image reference',
      absent: '`false`',
      example: true,
    }),
  ssh: optional(Flag)
    .transform((value) => value ?? false)
    .default(false)
    .meta({
      description: 'Let `RUN --mount=type=ssh` use the SSH agent of the machine that runs the build.',
      kind: 'boolean',
      absent: '`false`',
      example: true,
    }),
  allow: list(Entitlement).meta({
    description:
      'Entitlements that `RUN --network=host` and `RUN --security=insecure` need; the builder must grant them.',
    kind: 'list of `network.host`, `security.insecure`',
    absent: 'none',
    example: ['network.host'],
  }),
});
export type BuildkitOptions = z.infer<typeof BuildkitOptions>;
