import { describeWith } from '../support/requirements.ts';
import { conform } from './conform.ts';
import { KANIKO } from './scenarios/kaniko.ts';
import { action } from './surfaces/action.ts';
import { commandLine } from './surfaces/command-line.ts';
import { steps } from './surfaces/steps.ts';
import { workflow } from './surfaces/workflow.ts';

/** On GitLab kaniko is the image of a job, and here jobs are processes of this machine: the pipeline's suites play it. */
describeWith(['kaniko'], 'by kaniko', () =>
  conform(KANIKO, { surfaces: [commandLine, steps, action, workflow], repeats: false }),
);
