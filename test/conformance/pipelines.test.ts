import { conform } from './conform.ts';
import { PIPELINES } from './scenarios/pipelines.ts';

conform(PIPELINES);
