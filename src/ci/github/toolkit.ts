import type * as Core from '@actions/core';
import { callToolkit } from '../../system/toolkit/call-toolkit.ts';
import type { CiHost } from '../host.ts';

/** Calls @actions/core. Its output goes to the log through our own output, so that secrets are redacted. */
export type Toolkit = <T>(act: (core: typeof Core) => T) => T;

/** Loaded only on GitHub: @actions/core contains an HTTP stack, which the command line does not need. */
export async function openToolkit(host: CiHost): Promise<Toolkit> {
  const core = await import(/* webpackMode: "eager" */ '@actions/core');
  return (act) => callToolkit(host, () => act(core));
}
