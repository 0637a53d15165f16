import { conform } from './conform.ts';
import { OVERRIDES } from './scenarios/overrides.ts';

conform(OVERRIDES);
