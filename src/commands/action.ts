import type { Env } from '../system/env.ts';

/** What each `step` of the action runs. Unknown words go through as they are, so that the command line can judge them. */
const STEPS: Readonly<Record<string, readonly string[]>> = { all: ['build'] };

/** GitHub starts the bundle without arguments and gives inputs in the environment: the command line that they mean. */
export function actionArguments(env: Env): readonly string[] {
  if (env['GITHUB_ACTIONS'] !== 'true') return [];
  const step = env['INPUT_STEP']?.trim();
  if (step === undefined || step === '') return [];
  return (Object.hasOwn(STEPS, step) ? STEPS[step] : undefined) ?? [step];
}
