import { HephyError } from '../../errors.ts';

/** The message of dash, bash and busybox. */
const NOT_FOUND = /^(?:\S*\/)?\w*sh: (?:line )?(?:\d+: )?([^\s:]+): (?:command )?not found$/gm;

/** Explains a failed build command of a component; undefined for any other failure. */
export function explainCommand(error: string, output: string): HephyError | undefined {
  const failed = /^Build command for component (\S+) failed with status (.*)$/.exec(error);
  if (!failed) return undefined;
  const [, component = '', status = ''] = failed;
  const program = status === 'Exited(127)' ? [...output.matchAll(NOT_FOUND)].at(-1)?.[1] : undefined;
  if (program !== undefined) return missingProgram(component, program);
  const target = /the `(wasm32-[\w-]+)` target may not be installed/.exec(output)?.[1];
  if (target !== undefined) return missingTarget(component, target);
  return new HephyError(
    'BUILD_FAILED',
    `the build command of component ${component} failed (${describeStatus(status)})`,
    {
      hint: `Its output is above. The command is component.${component}.build in the manifest.`,
    },
  );
}

function missingProgram(component: string, program: string): HephyError {
  return new HephyError(
    'TOOL_MISSING',
    `the build command of component ${component} needs ${program}, which is not on PATH`,
    { hint: `Install ${program} where hephy runs: Spin runs the component’s own tools.` },
  );
}

function missingTarget(component: string, target: string): HephyError {
  return new HephyError(
    'TOOL_MISSING',
    `Rust cannot compile component ${component} for ${target}: that target is not installed`,
    { hint: `Run: rustup target add ${target}` },
  );
}

/** Spin prints `Exited(1)` and `Signaled(9)`. */
function describeStatus(status: string): string {
  const [, how, number] = /^(Exited|Signaled)\((\d+)\)$/.exec(status) ?? [];
  if (how === undefined) return status;
  return how === 'Exited' ? `exit status ${number}` : `killed by signal ${number}`;
}
