import { spawnSync } from 'node:child_process';
import { describe, test } from '@jest/globals';
import { KANIKO_IMAGE } from '../../src/backends/kaniko/image.ts';
import { conform } from './conform.ts';
import { KANIKO } from './scenarios/kaniko.ts';
import { action } from './surfaces/action.ts';
import { commandLine } from './surfaces/command-line.ts';
import { steps } from './surfaces/steps.ts';
import { workflow } from './surfaces/workflow.ts';

const hasImage = spawnSync('docker', ['image', 'inspect', KANIKO_IMAGE]).status === 0;

/** On GitLab kaniko is the image of a job, and here jobs are processes of this machine: the pipeline's suites play it. */
if (hasImage) conform(KANIKO, { surfaces: [commandLine, steps, action, workflow], repeats: false });
else {
  console.error(`LEFT OUT: the same on every surface by kaniko, for want of ${KANIKO_IMAGE}`);
  describe('kaniko', () => test.todo(`needs ${KANIKO_IMAGE}`));
}
