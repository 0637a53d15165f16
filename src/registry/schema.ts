import { z } from 'zod';
import { isDigest } from './reference.ts';

/** https://github.com/opencontainers/image-spec and https://distribution.github.io/distribution/spec/manifest-v2-2/ */
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

export const MANIFEST_TYPES = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST] as const;
export type ManifestType = (typeof MANIFEST_TYPES)[number];

const Annotations = z.record(z.string(), z.string()).nullish();

export const ImagePlatform = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});
export type ImagePlatform = z.infer<typeof ImagePlatform>;

const Descriptor = z.object({
  mediaType: z.string(),
  digest: z.string().refine(isDigest),
  size: z.number().int().nonnegative(),
  platform: ImagePlatform.nullish(),
  annotations: Annotations,
  urls: z.array(z.string()).nullish(),
});
export type Descriptor = z.infer<typeof Descriptor>;

export const IndexBody = z.object({ manifests: z.array(Descriptor), annotations: Annotations });
export type IndexBody = z.infer<typeof IndexBody>;

export const ImageBody = z.object({
  config: Descriptor,
  layers: z.array(Descriptor),
  annotations: Annotations,
});
export type ImageBody = z.infer<typeof ImageBody>;

/** Of an image's config, what tells whose and which it is. */
export const ImageConfig = z.object({
  os: z.string().nullish(),
  architecture: z.string().nullish(),
  variant: z.string().nullish(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
});
export type ImageConfig = z.infer<typeof ImageConfig>;

export const TagList = z.object({ tags: z.array(z.string()).nullish() });

export const RegistryErrors = z.object({
  errors: z.array(z.object({ code: z.string().catch(''), message: z.string().catch('') })),
});

/** Undefined where the text is no JSON, or not of the shape. */
export function parseAs<T>(schema: z.ZodType<T>, text: Uint8Array | string): T | undefined {
  try {
    const parsed = schema.safeParse(
      JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')),
    );
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
