import type * as Core from '@actions/core';
import { callToolkit } from '../../system/toolkit/call-toolkit.ts';
import type { CiHost } from '../host.ts';

/** Calls @actions/core: what it prints goes to the log through our output, and so through our redaction. */
export type Toolkit = <T>(act: (core: typeof Core) => T) => T;

/** Loaded on GitHub alone: it brings an HTTP stack, and the command line has no use for it. */
export async function openToolkit(host: CiHost): Promise<Toolkit> {
  const core = await import(/* webpackMode: "eager" */ '@actions/core');
  return (act) => callToolkit(host, () => act(core));
}
