import type { ContextFacts } from '../../domain/choice.ts';
import type { Fit, Shortcoming, Subject } from '../choice.ts';
import type { KoOptions } from './options.ts';

/** When ko is chosen, and which program it builds if the config does not set `import_path`. */
export const fit: Fit<KoOptions> = {
  detect: ({ hasGoMod, hasCmd }) => (hasGoMod && hasCmd ? 'go.mod and cmd/' : undefined),
  missing: findMissingModule,
  complete: findProgram,
  baseImages: listBaseImages,
  // https://ko.build/features/static-assets/
  includes: (path) =>
    path.split('/').includes('kodata')
      ? { reason: 'kodata is part of the image', hint: 'Move the file out of kodata.' }
      : undefined,
};

function findMissingModule({ context, facts }: Subject, { working_dir }: KoOptions): Shortcoming | undefined {
  if (facts === null || facts.hasGoMod || facts.inGoModule || working_dir !== undefined) return undefined;
  return {
    code: 'CONFIG_KO',
    message: `there is no go.mod in ${context}, and ko builds Go modules`,
    hint: 'Set ko_config.working_dir to the directory of the Go module, or choose another build_backend.',
  };
}

/** The only program below cmd/, or the one named like the image; without cmd/, the root of the module, as in ko. */
function findProgram(options: KoOptions, subject: Subject): KoOptions | Shortcoming {
  const { facts, name, dir } = subject;
  if (options.import_path !== undefined) return options;
  if (facts === null || !facts.hasCmd || options.working_dir !== undefined) {
    return { ...options, import_path: '.' };
  }
  const { commands } = facts;
  const only = commands.length === 1 ? commands[0] : undefined;
  const wanted = [name, dir.split('/').at(-1)];
  const chosen = only ?? wanted.find((word) => word !== undefined && commands.includes(word));
  return chosen === undefined
    ? describeCommands(subject, facts)
    : { ...options, import_path: pathOf(chosen) };
}

function describeCommands({ context }: Subject, { commands }: ContextFacts): Shortcoming {
  const candidates = commands.map(pathOf);
  return {
    code: 'CONFIG_KO',
    message:
      candidates.length === 0
        ? `there is no Go program below ${context}/cmd`
        : `cannot determine which Go program to build: ${candidates.join(', ')}`,
    hint: `Set ko_config.import_path: ${candidates[0] ?? './path/to/main'}`,
  };
}

/** `.` is `cmd` itself. */
function pathOf(command: string): string {
  return command === '.' ? './cmd' : `./cmd/${command}`;
}

function listBaseImages({ base_image: image }: KoOptions): Record<string, string> {
  return image === undefined ? {} : { base_image: image };
}
