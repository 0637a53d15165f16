import { conform } from './conform.ts';
import { EVENTS } from './scenarios/events.ts';

conform(EVENTS);
