import { HephyError } from '../../errors.ts';
import { startBuildkitContainer, type EngineSearch } from './buildkit-container.ts';
import { askEngine } from './container-engine.ts';
import { findProgram } from '../process/find-program.ts';

/** A builder with an address, or a program that replaces buildctl and starts a builder itself. */
export type Builder =
  | {
      readonly address: string;
      /** Before buildctl's command. */
      readonly flags: readonly string[];
    }
  | { readonly program: string };

/** The addresses that buildctl supports. https://github.com/moby/buildkit/tree/v0.26.3/client/connhelper */
const ADDRESS = /^(tcp|unix|npipe|docker-container|podman-container|nerdctl-container|kube-pod|ssh):\/\/./;

const WAYS_OUT =
  'Set BUILDKIT_HOST (tcp://, unix://, docker-container://, kube-pod://), start a container engine, or run in the image moby/buildkit:rootless.';

/**
 * The builder in BUILDKIT_HOST; else the one in the image that this runs in; else a container that is started once and
 * used again by later runs.
 */
export async function findBuilder(search: EngineSearch): Promise<Builder> {
  const { env } = search;
  const named = env['BUILDKIT_HOST'] ?? '';
  if (named !== '') return { address: requireAddress(named), flags: tlsFlags(search) };
  const daemonless = await findProgram('buildctl-daemonless.sh', env);
  if (daemonless !== undefined) return { program: daemonless };
  const engine = await askEngine(search);
  if ('problem' in engine) {
    throw new HephyError(
      'BACKEND_MISSING',
      `BuildKit is not available: BUILDKIT_HOST is not set, and ${engine.problem}`,
      {
        hint: WAYS_OUT,
      },
    );
  }
  const container = await startBuildkitContainer({ ...search, docker: engine.docker });
  return { address: `docker-container://${container}`, flags: [] };
}

function requireAddress(named: string): string {
  if (ADDRESS.test(named)) return named;
  throw new HephyError(
    'BACKEND_MISSING',
    `BUILDKIT_HOST is "${named}", which is not the address of a builder`,
    {
      hint: 'Use tcp://host:port, unix:///path, docker-container://name or kube-pod://name?namespace=….',
    },
  );
}

/** buildctl has no variable for its certificates: this directory has ca.pem, cert.pem and key.pem. */
function tlsFlags({ env }: EngineSearch): readonly string[] {
  const directory = env['HEPHY_BUILDKIT_TLS_DIR'] ?? '';
  return directory === '' ? [] : ['--tlsdir', directory];
}
